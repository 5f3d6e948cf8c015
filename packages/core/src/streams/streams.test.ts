import { beforeAll, describe, expect, it } from "vitest";
import { argument, compare, policyOf } from "../../../../test/policies.ts";
import { BEGIN, makeSigning, type Signing } from "../../../../test/signed.ts";
import { named, placeOf } from "../../../../test/status-stage.ts";
import { verifies } from "../../../../test/verifies.ts";
import { memoryAudit } from "../audit/memory.ts";
import { verifyAudit } from "../audit/verify.ts";
import { inlineSource } from "../bundle/inline-source.ts";
import { memoryRollback } from "../bundle/memory-rollback.ts";
import type { BundleSource } from "../bundle/source.ts";
import { createGuard } from "../guard/create.ts";
import type { Guard } from "../guard/guard.ts";
import type { Expression } from "../policy/expression.ts";
import type { Policy } from "../policy/ir.ts";
import type { StreamGuardOptions, StreamOptions } from "./options.ts";

let platform: Signing;
let product: Signing;
beforeAll(async () => {
  [platform, product] = await Promise.all([makeSigning(), makeSigning()]);
});

const tools = { refund: { operation: "spend", batch: { argument: "size" } } } as const;
const amount = argument("amount");
const sized: Expression = {
  kind: "has",
  of: { kind: "variable", name: "arguments" },
  name: "size",
};

/** What the platform's team demands of every product. */
const base: Policy = policyOf({
  id: "base",
  tools,
  rules: [
    { name: "allows", action: "allow" },
    { name: "batch", action: "allow", when: sized, maxBatchSize: 10 },
    { name: "large", action: "deny", when: compare(amount, ">", 100) },
  ],
  facts: { limit: 1 },
});
/** What the product's team wants. */
const shop: Policy = policyOf({
  id: "shop",
  tools: { ...tools, look: { operation: "read" } },
  rules: [
    { name: "allows", action: "allow" },
    { name: "batch", action: "allow", when: sized, maxBatchSize: 5, tools: ["refund"] },
    { name: "large", action: "review", when: compare(amount, ">", 50), tools: ["refund"] },
  ],
});

const PLATFORM_TOOLS = { tools: ["refund"] };

async function streamsOf(
  changes: {
    readonly base?: string | BundleSource;
    readonly shop?: string | BundleSource;
    readonly uses?: StreamOptions["uses"];
  } = {},
): Promise<readonly StreamOptions[]> {
  const source = (given: string | BundleSource): BundleSource =>
    typeof given === "string" ? inlineSource(given) : given;
  return [
    {
      name: "platform",
      bundle: source(changes.base ?? (await platform.bundle(base, { version: 3 }))),
      trust: platform.trust,
      uses: changes.uses ?? PLATFORM_TOOLS,
    },
    {
      name: "product",
      bundle: source(changes.shop ?? (await product.bundle(shop, { version: 4 }))),
      trust: product.trust,
    },
  ];
}

async function start(streams: readonly StreamOptions[], options: Partial<StreamGuardOptions> = {}) {
  const audit = memoryAudit();
  const guard = await createGuard({
    streams,
    audience: "test",
    rollback: memoryRollback(),
    audit,
    clock: () => BEGIN + 3_600_000,
    ...options,
  });
  return { guard, audit };
}

let count = 0;
function decide(guard: Guard, tool: string, args: object) {
  const ticket = guard.for({ agent: { id: "a" }, session: "s" });
  return guard.decide({ ticket, id: `c${++count}`, tool, arguments: args });
}

describe("several streams in one guard", () => {
  verifies(
    "streams.names",
    "decide together, and say whose rule it was and which bundles decided",
    async () => {
      const { guard } = await start(await streamsOf());
      expect(decide(guard, "refund", { amount: 1 })).toMatchObject({ effect: "allow" });
      expect(decide(guard, "refund", { amount: 60 })).toMatchObject({
        effect: "review",
        rule: "product/large",
      });
      const denied = decide(guard, "refund", { amount: 200 });
      expect(denied).toMatchObject({ effect: "deny", rule: "platform/large" });
      expect(denied.rules.map(({ name }) => name)).toEqual([
        "platform/allows",
        "platform/batch",
        "platform/large",
        "product/allows",
        "product/batch",
        "product/large",
      ]);
      expect(denied.bundle).toMatchObject({
        id: "base+shop",
        version: 7,
        streams: [
          { name: "platform", id: "base", version: 3 },
          { name: "product", id: "shop", version: 4 },
        ],
      });
      expect(guard.status().bundle).toMatchObject({ id: "base+shop" });
    },
  );

  it("are stopped by the status of any of them, which says nothing of the others' bundles", async () => {
    const text = await platform.bundle(base, { version: 3 });
    const of = (is: Parameters<Signing["status"]>[0]): Promise<string> =>
      platform.status({ streams: { base: named(text) }, ...is });
    const status = placeOf(await of({}), "status");
    const [first, second] = await streamsOf({ base: text });
    const streams = [{ ...first!, status: { source: status } }, second!];
    const { guard } = await start(streams);
    expect(decide(guard, "refund", { amount: 1 }).effect).toBe("allow");
    status.content = await of({ version: 2, kill: { tools: ["refund"] } });
    await guard.refresh();
    expect(decide(guard, "refund", { amount: 1 })).toMatchObject({
      effect: "deny",
      code: "killed",
    });
    expect(decide(guard, "look", {})).toMatchObject({ effect: "allow" });
    status.content = await of({ version: 3, kill: { all: true } });
    await guard.refresh();
    expect(decide(guard, "look", {})).toMatchObject({ effect: "deny", code: "killed" });
    await guard.close();
  });

  verifies("streams.order", "do not care in which order they are listed", async () => {
    const streams = await streamsOf();
    const [one, other] = await Promise.all([start(streams), start(streams.toReversed())]);
    for (const args of [{ amount: 1 }, { amount: 60 }, { amount: 200 }, { amount: 1, size: 50 }]) {
      expect(decide(other.guard, "refund", args)).toEqual(decide(one.guard, "refund", args));
    }
  });

  it("unite their obligations: the tightest holds", async () => {
    const { guard } = await start(await streamsOf());
    const decision = decide(guard, "refund", { amount: 1, size: 50 });
    expect(decision.arguments).toEqual({ amount: 1, size: 5 });
    expect(decision.rewrites).toEqual([
      { kind: "max_batch_size", path: "arguments.size", from: 50, to: 5 },
    ]);
    expect(decision.obligations.map(({ rule }) => rule)).toEqual([
      "platform/batch",
      "product/batch",
    ]);
  });

  it("are asked about the tools they may speak about; what none speaks about is unknown", async () => {
    const streams = (await streamsOf()).map((each) =>
      each.name === "product" ? { ...each, uses: { tools: ["re*", "look"] } } : each,
    );
    const { guard } = await start(streams);
    expect(decide(guard, "look", { amount: 1 })).toMatchObject({ effect: "allow" });
    expect(decide(guard, "other", {})).toMatchObject({ code: "unknown_tool" });
    expect(decide(guard, "a b", {})).toMatchObject({ code: "tool_name_invalid" });
    const ticket = guard.for({ agent: { id: "a" } });
    const listed = ["refund", "look", "other"].map((name) => ({ name }));
    expect(guard.visibleTools(ticket, listed).map(({ name }) => name)).toEqual(["refund", "look"]);
  });

  verifies(
    "streams.uses",
    "refuse a bundle that speaks about more than its stream may",
    async () => {
      const streams = await streamsOf({ uses: { tools: ["transfer_*"] } });
      await expect(start(streams)).rejects.toMatchObject({
        code: "ERR_BUNDLE_STREAM",
        message: expect.stringContaining("platform speaks about the tool refund"),
      });
      // While it runs: the bundle in force goes on, and the refused one has not moved the rollback state.
      const place = placeOf(await product.bundle(shop, { version: 4 }), "product");
      const running = (await streamsOf({ shop: place })).map((each) =>
        each.name === "product" ? { ...each, uses: { tools: ["refund", "look"] } } : each,
      );
      const { guard } = await start(running);
      const wide = policyOf({ id: "shop", tools: { ...shop.tools, wipe: {} }, rules: shop.rules });
      place.content = await product.bundle(wide, { version: 5 });
      await expect(guard.reload()).rejects.toMatchObject({ code: "ERR_BUNDLE_STREAM" });
      expect(guard.status().lastError?.message).toMatch(/^product: /);
      expect(decide(guard, "refund", { amount: 1 }).bundle).toMatchObject({ version: 7 });
      place.content = await product.bundle(shop, { version: 5, change: "CHG" });
      await guard.reload();
      expect(decide(guard, "refund", { amount: 1 }).bundle).toMatchObject({ version: 8 });
    },
  );

  verifies("streams.all", "deny every call while one of them has no bundle", async () => {
    const place = placeOf(new Error("down"), "product");
    const { guard } = await start(await streamsOf({ shop: place }));
    expect(guard.status().state).toBe("no_bundle");
    expect(decide(guard, "refund", { amount: 1 }).code).toBe("no_bundle");
    place.content = await product.bundle(shop);
    await guard.reload();
    expect(decide(guard, "refund", { amount: 1 }).code).toBe("allowed");
  });

  verifies("streams.trust", "keep roots and versions apart", async () => {
    // The product's key signs no bundle of the platform's stream.
    const forged = await streamsOf({ base: await product.bundle(base, { version: 9 }) });
    await expect(start(forged)).rejects.toMatchObject({ code: "ERR_BUNDLE_SIGNATURE" });
    // Two streams whose bundles have one id: neither shuts the other out.
    const rollback = memoryRollback();
    const twin = policyOf({ id: "base", tools, rules: [{ action: "allow" }] });
    const same = await streamsOf({ shop: await product.bundle(twin, { version: 1 }) });
    await start(same, { rollback });
    await start(same, { rollback });
    const older = await streamsOf({ base: await platform.bundle(base, { version: 2 }) });
    await expect(start(older, { rollback })).rejects.toMatchObject({ code: "ERR_BUNDLE_ROLLBACK" });
  });

  it("count limits of one name apart, and reserve each once", async () => {
    const limited = (id: string, max: number): Policy =>
      policyOf({
        id,
        tools: { refund: { batch: { argument: "size" } } },
        rules: [
          {
            name: "limit",
            action: "allow",
            maxBatchSize: 5,
            rateLimit: { max, windowMs: 60_000, by: ["agent"], onExceed: "deny" },
          },
        ],
      });
    const { guard, audit } = await start(
      await streamsOf({
        base: await platform.bundle(limited("base", 9)),
        shop: await product.bundle(limited("shop", 3)),
      }),
    );
    const ticket = guard.for({ agent: { id: "a" }, session: "s" });
    // Rewritten, so that each stream is asked twice.
    const run = async (id: string): Promise<unknown> =>
      guard.run(
        { ticket, id, tool: "refund", arguments: { size: 9 } },
        ({ size }) => size as unknown,
      );
    expect(await Promise.all(["1", "2", "3"].map(run))).toEqual([5, 5, 5]);
    expect(await run("4")).toMatchObject({
      kind: "message",
      decision: { code: "rate_limited", rule: "product/limit" },
    });
    await guard.flush();
    expect(verifyAudit(audit.lines()).fault).toBeNull();
    const [, call] = audit.records;
    expect(call).toMatchObject({ type: "call", bundle: { streams: [{ name: "platform" }, {}] } });
  });

  it("ask people for all of them, and decide again with what is in force then", async () => {
    const place = placeOf(await platform.bundle(base, { version: 3 }), "platform");
    const { guard } = await start(await streamsOf({ base: place }), {
      onReview: async () => {
        const closed = policyOf({ id: "base", tools, rules: [{ name: "stop", action: "deny" }] });
        place.content = await platform.bundle(closed, { version: 4 });
        await guard.reload();
        return { answer: "approve", reviewer: "ada" };
      },
    });
    const ticket = guard.for({ agent: { id: "a" }, session: "s" });
    const call = { ticket, id: "c", tool: "refund", arguments: { amount: 60 } };
    expect(await guard.run(call, () => "ran")).toMatchObject({
      decision: { code: "rule_denied", rule: "platform/stop", bundle: { version: 8 } },
    });
  });

  it("answer a denial as the stream that denies it says", async () => {
    const words = { kind: "message", message: ["ask the platform team"] } as const;
    const value = {
      kind: "value",
      value: { kind: "literal", value: 7 },
    } as const;
    const { guard } = await start(
      await streamsOf({
        base: await platform.bundle({ ...base, fallback: words }),
        shop: await product.bundle(
          policyOf({
            id: "shop",
            tools,
            rules: [
              { name: "allows", action: "allow" },
              { name: "odd", action: "deny", when: compare(amount, "==", 7), fallback: value },
            ],
          }),
        ),
      }),
    );
    const ticket = guard.for({ agent: { id: "a" }, session: "s" });
    const run = (args: object): unknown =>
      guard.run({ ticket, id: `f${++count}`, tool: "refund", arguments: args }, () => "ran");
    expect(await run({ amount: 200 })).toMatchObject({
      kind: "message",
      message: expect.stringContaining("ask the platform team"),
    });
    expect(await run({ amount: 7 })).toMatchObject({ kind: "value", value: 7 });
  });

  it.each([
    [{ streams: [] }, /no streams/],
    [{ streams: "platform" }, /no streams/],
  ])("refuse options that are none: %o", async (changes, words) => {
    await expect(start([], changes as never)).rejects.toThrow(words); // as JavaScript may
  });

  it("refuse names that are none, or stand twice", async () => {
    const [one] = await streamsOf();
    if (one === undefined) throw new Error("no stream");
    await expect(start([one, one])).rejects.toThrow("two streams have one name");
    for (const name of ["", "a/b", "__proto__", "-"]) {
      await expect(start([{ ...one, name }]), name).rejects.toMatchObject({ code: "ERR_OPTIONS" });
    }
    const odd = { ...one, uses: { tools: "refund" } } as never; // as JavaScript may
    await expect(start([odd])).rejects.toThrow("`uses` of platform");
  });
});

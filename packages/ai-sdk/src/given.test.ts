import { isInterlatchError, type Guard, type Ticket } from "@interlatch/core";
import { memoryApprovals } from "@interlatch/core/approvals";
import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import { describe, expect } from "vitest";
import { z } from "zod";
import { policyOf } from "../../../test/policies.ts";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { ANN, Chat } from "../test/chat.ts";
import { asks, counted } from "../test/counted.ts";
import { MAJORS, WAYS } from "../test/majors.ts";
import { guardAI, isDeniedOutput } from "./index.ts";

const POLICY = { pay: "review", search: "allow", refund: "deny" } as const;

/** What came of it: the code, and the sentence for the developer. */
async function refusal(attempt: () => unknown): Promise<readonly [string, string]> {
  try {
    await attempt();
    return ["none", ""];
  } catch (error) {
    return isInterlatchError(error) ? [error.code, error.message] : ["foreign", String(error)];
  }
}

verifies("ai.x.given", "what a host gives wrongly is refused with what to give", async () => {
  const guard = await testGuard(POLICY);
  const g = guardAI(guard, guard.ticket());
  const { tools } = counted("search");
  const search = tools["search"];
  // As code without types has it.
  const ai = guardAI as (guard: unknown, ticket: unknown, options?: unknown) => unknown;
  const { options, coverage, messages } = g as unknown as Record<
    string,
    (...given: unknown[]) => unknown
  >;
  const attempts: readonly (readonly [RegExp, () => unknown])[] = [
    [/await it/, () => ai(undefined, guard.ticket())],
    [/await it/, () => ai(Promise.resolve(guard), guard.ticket())],
    [/await it/, () => ai({ run: "search" }, guard.ticket())],
    [/`streams` must be/, () => ai(guard, guard.ticket(), { streams: "search" })],
    [/`streams` must be/, () => ai(guard, guard.ticket(), { streams: [search] })],
    [/`inputHooks` must be/, () => ai(guard, guard.ticket(), { inputHooks: "before" })],
    [/tools by name/, () => options?.(undefined)],
    [/tools by name/, () => options?.([search])],
    [/tools by name/, () => options?.("search")],
    [/tools by name/, () => coverage?.(null)],
    [/The tool "search" must be an object/, () => options?.({ search: null })],
    [/The tool "search" must be an object/, () => options?.({ search: () => "found" })],
    [/two functions of `ai`/, () => messages?.([], tools)],
    [/two functions of `ai`/, () => messages?.([], tools, { validateUIMessages: true })],
  ];
  for (const [sentence, attempt] of attempts) {
    const [code, message] = await refusal(attempt);
    expect([code, message]).toEqual(["ERR_OPTIONS", expect.stringMatching(sentence)]);
  }
});

verifies("ai.x.given", "options that an object only inherits are none", async () => {
  const guard = await testGuard(POLICY);
  const hooked: string[] = [];
  const refund = tool({
    inputSchema: z.looseObject({}),
    onInputAvailable: () => void hooked.push("available"),
    execute: () => "paid",
  });
  const inherits = Object.create({ inputHooks: "before-decision", reviewer: ANN }) as object;
  const g = guardAI(guard, guard.ticket(), inherits);
  for (const sdk of MAJORS) await sdk.converse("stream", asks("refund"), g.options({ refund }));
  expect(hooked).toEqual([]);
});

verifies("ai.x.given", "JSON that looks like a ticket is nobody", async () => {
  const guard = await testGuard(POLICY);
  const { ran, tools } = counted("search");
  const real = guard.ticket();
  const looksLike: readonly unknown[] = [
    JSON.parse('{"agent":{"id":"admin","roles":["admin"]},"session":"session"}'),
    JSON.parse(JSON.stringify(real)),
    structuredClone({ ...real }),
    "ticket",
    { __proto__: real },
    new Proxy(real as object, {}),
  ];
  for (const [index, ticket] of looksLike.entries()) {
    const { search } = guardAI(guard, ticket as Ticket).tools(tools);
    const execute = search!.execute as (input: unknown, options: object) => unknown;
    expect(execute({ index }, { toolCallId: `c${index}` })).toMatchObject({
      "@interlatch/denied": { code: "identity_required" },
    });
  }
  expect(ran).toEqual([]);
  expect(guard.decisions.map(({ decision }) => decision.reason)[0]).toContain("ticket");
});

verifies("ai.x.given", "arguments that are none are denied, and run nothing", async () => {
  const guard = await testGuard(POLICY);
  const { ran, tools } = counted("search");
  let sessions = 0;
  /** As untyped code calls it, each time in a session of its own, so that nothing is a repetition. */
  const execute = (...given: unknown[]): unknown => {
    const ticket = guard.ticket({ session: `s${++sessions}` });
    const { search } = guardAI(guard, ticket).tools(tools);
    return (search!.execute as (...given: unknown[]) => unknown)(...given);
  };
  const wrong: readonly unknown[] = [
    undefined,
    null,
    '{"q":1}',
    "",
    ["q"],
    7,
    () => 1,
    Symbol("q"),
  ];
  for (const [index, input] of wrong.entries()) {
    const output = execute(input, { toolCallId: `c${index}` });
    expect(isDeniedOutput(output)).toBe(true);
  }
  for (const given of [undefined, "c", { toolCallId: 7 }, { toolCallId: "" }]) {
    expect(isDeniedOutput(execute({}, given))).toBe(true);
  }
  expect(ran).toEqual([]);
  expect(new Set(guard.decisions.map(({ decision }) => decision.code))).toEqual(
    new Set(["arguments_not_json", "missing_call_id"]),
  );
});

describe.each(WAYS)("$title", ({ sdk, mode }) => {
  verifies("ai.30", "arguments that cannot be read are never read as an empty object", async () => {
    const guard = await testGuard(POLICY);
    const { ran, tools } = counted("search");
    const { options } = guardAI(guard, guard.ticket());
    for (const input of ["{", "null", "[]", '"{}"', "7", '{"n":1}{"n":2}', "{n:1}"]) {
      const turns = [{ calls: [{ id: "c1", tool: "search", input }] }];
      const result = await sdk.converse(mode, turns, options(tools));
      expect(result.answer("c1")?.type).toMatch(/^error-/);
      expect(result.text).toBe("done");
    }
    expect(ran).toEqual([]);
    expect(recorded(guard)).toEqual([]);
  });

  /** A call that was asked about under one guard, and the same conversation under another over the same store. */
  async function under(second: Parameters<typeof testGuard>[0]) {
    const approvals = memoryApprovals();
    const first = await testGuard(POLICY, { stores: { approvals } });
    const { ran, tools } = counted("pay");
    const chat = new Chat(sdk, { guard: first, tools });
    await chat.say(asks("pay"));
    chat.answer("c-pay", true);
    const guard = await testGuard(second, { stores: { approvals } });
    const other = chat.elsewhere({ guard, ticket: guard.ticket() });
    return { ran, guard, send: () => other.post(mode) };
  }

  verifies("ai.14", "an approval under one bundle does not outvote another one", async () => {
    const denies = await under({ pay: "deny" });
    expect((await denies.send()).answer("c-pay")?.type).toBe("execution-denied");
    expect(denies.guard.decisions.map(({ decision }) => decision.code)).toEqual(["rule_denied"]);

    const review = { by: ["auditor"], quorum: 1, expiresMs: 60_000 } as const;
    const stricter = policyOf({ tools: { pay: {} }, rules: [{ action: "review", review }] });
    const asksOthers = await under(stricter);
    await asksOthers.send().catch(() => undefined);
    expect([denies.ran, asksOthers.ran]).toEqual([[], []]);
  });

  /** A question about a payment, changed by a reviewer, and the conversation sent again. */
  async function changed(pay: object, answer: object) {
    const guard = await testGuard({ ...POLICY, refund: "review" });
    const { ran, tools } = counted("refund");
    const chat = new Chat(sdk, { guard, tools: { ...tools, pay } });
    await chat.say(asks("pay"));
    const [asked] = await guard.approvals.list({ states: ["pending"] });
    const { id, digest } = asked!;
    const decision = { id, digest, reviewer: ANN, answer: "modify", ...answer };
    const taken = await guard.approvals.decide(
      decision as Parameters<Guard["approvals"]["decide"]>[0],
    );
    const result = await chat.post(mode).catch(() => undefined);
    return { guard, taken, output: result?.answer("c-pay"), refunds: ran };
  }

  verifies("ai.44", "a change of the arguments is never one of the tool", async () => {
    const { ran, tools } = counted("pay");
    const names = { tool: "refund", toolName: "refund", name: "refund", n: 2 };
    const { refunds } = await changed(tools["pay"]!, { arguments: names });
    expect([ran, refunds]).toEqual([[["pay", names]], []]);
    const renamed = await changed(tools["pay"]!, { tool: "refund", arguments: { n: 3 } });
    expect(renamed.refunds).toEqual([]);
  });

  verifies("ai.44", "a change that the tool's own schema refuses runs nothing", async () => {
    const ran: unknown[] = [];
    const inputSchema = z.object({ n: z.number(), unit: z.string().default("cent") });
    const plain = tool({ inputSchema, execute: (input) => ran.push(input) });
    const streaming = tool({
      inputSchema,
      async *execute(input) {
        yield ran.push(input);
      },
    });
    for (const pay of [plain, streaming]) {
      const wrong = [{ n: "lots", unit: "cent" }, { unit: "cent" }, { n: 0, unit: "cent", x: 1 }];
      for (const edit of [...wrong, { n: 0 }]) {
        const { guard, output } = await changed(pay, { arguments: edit });
        const value: unknown = expect.stringContaining("reviewer changed");
        expect(output).toMatchObject({ type: "error-text", value });
        expect(ran).toEqual([]);
        expect(recorded(guard)).toMatchObject([{ code: "approved", outcome: "error" }]);
      }
      await changed(pay, { arguments: { n: 0, unit: "euro" } });
      expect(ran.splice(0)).toEqual([{ n: 0, unit: "euro" }]);
    }
  });
});

import { describe, expect, it } from "vitest";
import { compare, ERRS, HOLDS, policyOf } from "../../../../test/policies.ts";
import { testGuard } from "../testing/index.ts";

const desk = compare(
  { kind: "field", of: { kind: "variable", name: "agent" }, name: "id" },
  "==",
  "desk",
);

describe("the tools a model is shown", () => {
  const policy = policyOf({
    agents: {
      desk: {
        when: desk,
        tools: ["open", "asked", "shut", "sometimes", "silent"],
        at: { file: "p", line: 1 },
      },
    },
    tools: {
      open: {},
      asked: {},
      shut: {},
      sometimes: {},
      silent: {},
      outside: {},
      plain: { default: "allow" },
    },
    rules: [
      { name: "a", action: "allow", tools: ["open", "outside", "shut"] },
      { name: "b", action: "review", tools: ["asked"] },
      { name: "c", action: "deny", tools: ["shut"] },
      { name: "d", action: "allow", tools: ["sometimes"], when: HOLDS },
      { name: "e", action: "deny", tools: ["sometimes"], when: ERRS },
    ],
  });
  const names = (tools: readonly { readonly name: string }[]): string[] =>
    tools.map(({ name }) => name);
  const all = ["open", "asked", "shut", "sometimes", "silent", "outside", "unknown", "constructor"];
  const tools = all.map((name) => ({ name }));

  it("are those that could ever be allowed or asked about, inside the agent's profile", async () => {
    const guard = await testGuard(policy);
    const ticket = guard.for({ agent: { id: "desk" }, session: "s" });
    expect(names(guard.visibleTools(ticket, tools))).toEqual(["open", "asked", "sometimes"]);
    const stranger = guard.for({ agent: { id: "other" }, session: "s" });
    expect(guard.visibleTools(stranger, tools)).toEqual([]);
    expect(guard.visibleTools(undefined, tools)).toEqual([]);
  });

  it("keep their objects, but for descriptions with invisible characters", async () => {
    const guard = await testGuard({ a: "allow", b: "allow" });
    const plain = { name: "a", description: "Searches orders.", extra: 1 };
    const hidden = {
      name: "b",
      description: "Reads\u200b mail.\u{e0041}\u{e0042} \u202eOK",
      extra: 2,
    };
    const [one, two] = guard.visibleTools(guard.ticket(), [plain, hidden]);
    expect(one).toBe(plain);
    expect(two).toEqual({ name: "b", description: "Reads mail. OK", extra: 2 });
    expect(hidden.description).toContain("\u200b");
  });

  it("are found by the facts of the policy, as the decision is", async () => {
    const admins = {
      kind: "field",
      of: { kind: "variable", name: "facts" },
      name: "admins",
    } as const;
    const id = { kind: "field", of: { kind: "variable", name: "agent" }, name: "id" } as const;
    const guard = await testGuard(
      policyOf({
        facts: { admins: ["desk"] },
        agents: {
          a: { when: compare(id, "in", admins), tools: ["tool"], at: { file: "p", line: 1 } },
        },
        rules: [{ action: "allow" }],
      }),
    );
    const ticket = guard.for({ agent: { id: "desk" } });
    expect(guard.decide({ ticket, id: "c", tool: "tool", arguments: {} }).code).toBe("allowed");
    expect(names(guard.visibleTools(ticket, [{ name: "tool" }]))).toEqual(["tool"]);
  });

  it("may have descriptions that are no text", async () => {
    const guard = await testGuard({ a: "allow" });
    const tool = { name: "a", description: 7 as unknown as string };
    expect(guard.visibleTools(guard.ticket(), [tool])).toEqual([tool]);
  });

  it("are no gate: a hidden tool that is called all the same is denied", async () => {
    const guard = await testGuard(policy);
    const ticket = guard.for({ agent: { id: "desk" }, session: "s" });
    const call = { ticket, id: "c", tool: "outside", arguments: {} };
    expect(guard.decide(call)).toMatchObject({ effect: "deny", code: "out_of_scope" });
  });
});

describe("coverage", () => {
  it("names what is wrapped, what the policy does not know, and what nobody wrapped", async () => {
    const guard = await testGuard({ a: "allow", b: "allow" });
    guard.cover([
      { tool: "a", state: "enforced", why: "guarded" },
      { tool: "web", state: "out_of_reach", why: "runs at the provider" },
    ]);
    const [a, web, b, ...others] = guard.coverage();
    expect(a).toMatchObject({ tool: "a", state: "enforced", known: true });
    expect(web).toMatchObject({ tool: "web", state: "out_of_reach", known: false });
    expect(b).toMatchObject({ tool: "b", state: "not_wrapped", known: true });
    expect(others).toEqual([]);
  });
});

describe("the line for a denial", () => {
  it("cannot be forged by a name that a model made up", async () => {
    const lines: string[] = [];
    const log = (_: object, message: string): void => {
      lines.push(message);
    };
    const logger = { debug: log, info: log, warn: log, error: log };
    const guard = await testGuard({ tool: "deny" }, { logger });
    const call = { ticket: guard.ticket(), arguments: {} };
    await guard.run({ ...call, id: "c1", tool: "tool" }, () => "ran");
    await guard.run({ ...call, id: "c\n2\u001b[31m", tool: "x\nallowed y · ok" }, () => "ran");
    expect(lines).toEqual([
      "denied tool · rule_denied · call c1 · test:1",
      'denied "x\\nallowed y · ok" · tool_name_invalid · call "c\\n2\\u001b[31m"',
    ]);
  });
});

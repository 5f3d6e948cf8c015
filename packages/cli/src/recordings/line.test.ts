import { describe, expect, it } from "vitest";
import { callsOfLine, LineFault, type StandIn } from "./line.ts";
import { didRun, policyEffect } from "./recording.ts";

const NOBODY: StandIn = { identity: undefined };
const CLERK: StandIn = { identity: { agent: { id: "a1", roles: ["clerk"] } } };
const OWN = {
  v: 1,
  time: "2026-01-31T09:00:00.250Z",
  tool: "refund",
  arguments: { amount: 5 },
  agent: { id: "a1", roles: ["clerk"] },
};

describe("a line of recorded calls", () => {
  it("of our own form is read whole", () => {
    const more = { user: { id: "u" }, tenant: "t", session: "s", id: "c1", facts: {}, context: {} };
    const then = { effect: "deny", code: "rule_denied", rule: "r", bundle: "ab" };
    const [call, ...others] = callsOfLine({ ...OWN, ...more, ...then }, "f:1", NOBODY);
    expect(others).toEqual([]);
    expect(call).toEqual({
      at: "f:1",
      id: "c1",
      tool: "refund",
      arguments: { amount: 5 },
      time: Date.parse("2026-01-31T09:00:00.250Z"),
      identity: {
        agent: OWN.agent,
        user: { id: "u" },
        tenant: "t",
        session: "s",
        facts: {},
        context: {},
      },
      decided: { effect: "deny", code: "rule_denied", rule: "r" },
    });
  });

  it("of a public data set takes its agent from the options and its session from the trace", () => {
    const flat = { dataset: "d", suite: "s", trace_id: "t1", step: 3, tool: "x", arguments: {} };
    expect(callsOfLine(flat, "f:1", CLERK)).toEqual([
      {
        at: "f:1",
        tool: "x",
        arguments: {},
        identity: { agent: { id: "a1", roles: ["clerk"] }, session: "t1" },
      },
    ]);
  });

  it("of a run is one call for each of its calls", () => {
    const calls = [
      { step: 0, tool: "x", arguments: {} },
      { step: 1, tool: "y", arguments: { a: 1 } },
    ];
    const read = callsOfLine({ dataset: "d", trace_id: "t1", calls }, "f:9", CLERK);
    expect(read.map(({ at, tool }) => `${at} ${tool}`)).toEqual(["f:9#1 x", "f:9#2 y"]);
  });

  it.each([
    [[], "the line is no JSON object"],
    [{ tool: "x" }, "`v: 1` is missing"],
    [{ ...OWN, v: 2 }, "`v` is 2; this version reads 1"],
    [{ ...OWN, argumnts: {} }, '"argumnts" is no key of a recorded call; meant: `arguments`?'],
    [{ ...OWN, time: "yesterday" }, "`time` is an instant"],
    [{ ...OWN, time: 5 }, "`time` is an instant"],
    [{ ...OWN, tool: null }, "`tool` is a text; found null"],
    [{ ...OWN, arguments: [] }, "`arguments` is no JSON object"],
    [{ ...OWN, agent: "a1" }, "`agent` is no JSON object"],
    [{ ...OWN, id: 7 }, "`id` is a text; found 7"],
    [{ ...OWN, bundle: {} }, "`bundle` is a text"],
    [{ ...OWN, effect: "permit", code: "allowed" }, "`effect` is allow, review or deny"],
    [{ ...OWN, effect: "allow" }, "`code` is none of the decision codes"],
    [{ ...OWN, effect: "allow", code: "constructor" }, "`code` is none of the decision codes"],
    [{ ...OWN, effect: "allow", code: "allowed", rule: 1 }, "`rule` is a text or null"],
    [{ dataset: "d", tool: "x", arguments: {}, trace_id: "t" }, "it does not say who called"],
  ])("%j is refused with what is wrong", (line, words) => {
    expect(() => callsOfLine(line, "f:1", NOBODY)).toThrow(LineFault);
    expect(() => callsOfLine(line, "f:1", NOBODY)).toThrow(words);
  });
});

describe("what was decided then", () => {
  const after = (effect: "allow" | "deny", code: string) => {
    const [call] = callsOfLine({ ...OWN, effect, code }, "f:1", NOBODY);
    if (call === undefined) throw new Error("no call");
    return call;
  };

  it("is a review where a person was asked, whatever the person said", () => {
    expect(policyEffect(after("allow", "approved"))).toBe("review");
    expect(policyEffect(after("deny", "approval_rejected"))).toBe("review");
    expect(policyEffect(after("deny", "review_unavailable"))).toBe("review");
    expect(didRun(after("allow", "approved"))).toBe(true);
    expect(didRun(after("deny", "approval_rejected"))).toBe(false);
  });

  it("is nothing of the policy's where the host was at fault", () => {
    expect(policyEffect(after("deny", "store_unavailable"))).toBeNull();
    expect(policyEffect(after("deny", "no_bundle"))).toBeNull();
    expect(policyEffect(after("deny", "rule_denied"))).toBe("deny");
  });
});

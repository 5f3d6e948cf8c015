import { expect, it } from "vitest";
import { policyOf } from "../../../../test/policies.ts";
import { memoryAudit } from "../audit/memory.ts";
import type { AuditSink } from "../audit/record.ts";
import { testGuard } from "../testing/index.ts";

it("says what to do where no rule is to blame, but something that the host has not set up", async () => {
  const lines: string[] = [];
  const log = (_: object, message: string): void => void lines.push(message);
  const logger = { debug: log, info: log, warn: log, error: log };
  const guard = await testGuard({ tool: "allow", asked: "review" }, { logger });
  const call = { ticket: guard.ticket(), id: "c1", arguments: {} };
  await guard.run({ ...call, ticket: undefined, tool: "tool" }, () => "ran");
  await guard.run({ ...call, tool: "asked" }, () => "ran");
  await guard.run({ ...call, tool: "nowhere" }, () => "ran");
  expect(lines).toEqual([
    "denied tool · identity_required · call c1 · give the run a ticket of this guard: guard.for(…)",
    "denied asked · review_unavailable · call c1 · test:1 · give the guard onReview or reviewTimeout, or the graph a checkpointer",
    "denied nowhere · unknown_tool · call c1 · declare it under tools: in the policy",
  ]);
});

it("says which argument is wrong, and lets no name of the model's write a line of its own", async () => {
  const lines: string[] = [];
  const log = (_: object, message: string): void => void lines.push(message);
  const logger = { debug: log, info: log, warn: log, error: log };
  const policy = policyOf({
    tools: { tool: { arguments: { type: "object", properties: { size: { type: "integer" } } } } },
    rules: [{ action: "allow" }],
  });
  const guard = await testGuard(policy, { logger });
  const call = { ticket: guard.ticket(), id: "c1", tool: "tool" };
  await guard.run({ ...call, arguments: { size: "many" } }, () => "ran");
  await guard.run({ ...call, arguments: { "x\n2026 allowed tool": 1 } }, () => "ran");
  expect(lines[0]).toBe(
    "denied tool · invalid_arguments · call c1 · arguments.size must be an integer",
  );
  expect(lines[1]).not.toContain("\n");
});

it("says how the record can be read, where it can be, and nothing where it cannot", async () => {
  const lineWith = async (place: string | undefined, id = "c1"): Promise<string | undefined> => {
    const lines: string[] = [];
    const log = (_: object, message: string): void => void lines.push(message);
    const logger = { debug: log, info: log, warn: log, error: log };
    const audit = place === undefined ? memoryAudit() : { ...keptNowhere, place };
    const guard = await testGuard({ tool: "deny" }, { logger, audit });
    await guard.run({ ticket: guard.ticket(), id, tool: "tool", arguments: {} }, () => "ran");
    return lines[0];
  };
  const start = "denied tool · rule_denied · call c1 · test:1";
  expect(await lineWith(undefined)).toBe(start);
  expect(await lineWith("audit/")).toBe(`${start} · interlatch explain c1 --audit audit/`);
  expect(await lineWith("my logs")).toBe(`${start} · interlatch explain c1 --audit "my logs"`);
  for (const place of [".interlatch/audit", ".interlatch/audit/", "./.interlatch/audit"]) {
    expect(await lineWith(place)).toBe(`${start} · interlatch explain c1`);
  }
  // Whoever copies the command would run what a model wrote, in one shell or another.
  for (const id of [
    "$(reboot)",
    "`reboot`",
    "a b",
    "a;b",
    "a&b",
    "%PATH%",
    "#c",
    "--help",
    "a'b",
  ]) {
    expect(await lineWith("audit/", id)).toMatch(/ · interlatch explain ID --audit audit\/$/);
  }
});

const keptNowhere: AuditSink = {
  durable: false,
  append: () => undefined,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

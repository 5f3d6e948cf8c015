import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { testGuard } from "../testing/test-guard.ts";
import { recordCalls } from "./record-calls.ts";

const folder = mkdtempSync(join(tmpdir(), "interlatch-recording-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const linesIn = (path: string): readonly unknown[] =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

describe("a recording of a guard's calls", () => {
  verifies(
    "recording.whole",
    "holds what each decision was made of, for its owner alone",
    async () => {
      const path = join(folder, "calls.jsonl");
      const guard = await testGuard({ search: "allow", refund: "deny" });
      const recording = await recordCalls(guard, path);
      const ticket = guard.for({
        agent: { id: "a1", roles: ["clerk"], team: "north" },
        user: { id: "u1" },
        tenant: "acme",
        session: "s1",
        context: { channel: "mail" },
      });
      void guard.run({ ticket, id: "c1", tool: "search", arguments: { q: "ann" } }, () => "found");
      void guard.run({ ticket, id: "c2", tool: "refund", arguments: { amount: 5 } }, () => "paid");
      await recording.close();
      const who = {
        agent: { id: "a1", roles: ["clerk"], team: "north" },
        user: { id: "u1" },
        tenant: "acme",
        session: "s1",
        facts: {},
        context: { channel: "mail" },
      };
      const when = { v: 1, time: "2026-01-01T00:00:00.000Z" };
      const bundle = guard.status().bundle?.digest;
      expect(linesIn(path)).toEqual([
        {
          ...when,
          ...who,
          id: "c1",
          tool: "search",
          arguments: { q: "ann" },
          effect: "allow",
          code: "allowed",
          rule: "allow:search",
          bundle,
        },
        {
          ...when,
          ...who,
          id: "c2",
          tool: "refund",
          arguments: { amount: 5 },
          effect: "deny",
          code: "rule_denied",
          rule: "deny:refund",
          bundle,
        },
      ]);
      if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(recording.status()).toEqual({ written: 2, waiting: 0, lost: 0 });
    },
  );

  it("holds what was asked for, and not what a policy made of it", async () => {
    const path = join(folder, "asked.jsonl");
    const guard = await testGuard({
      engine: 1,
      id: "p",
      mode: "enforce",
      agents: null,
      facts: {},
      tools: {
        t: {
          operation: "write",
          reversible: false,
          default: "deny",
          batch: { argument: "size" },
          at: { file: "p", line: 1 },
        },
      },
      rules: [
        { name: "r", tools: ["t"], action: "allow", maxBatchSize: 3, at: { file: "p", line: 2 } },
      ],
    });
    const recording = await recordCalls(guard, path);
    let got: unknown;
    const call = { ticket: guard.ticket(), id: "c", tool: "t", arguments: { size: 9 } };
    void guard.run(call, (args: unknown) => (got = args));
    await recording.close();
    expect(got).toEqual({ size: 3 });
    expect(linesIn(path)).toMatchObject([{ arguments: { size: 9 } }]);
  });

  it("adds to a file, ends when it is closed, and counts what no replay could read", async () => {
    const path = join(folder, "more.jsonl");
    const guard = await testGuard({ t: "allow" });
    const call = { ticket: guard.ticket(), tool: "t", arguments: {} };
    for (const id of ["one", "two"]) {
      const recording = await recordCalls(guard, path);
      void guard.run({ ...call, id }, () => undefined);
      void guard.run({ ...call, id: `${id}-no-ticket`, ticket: undefined }, () => undefined);
      void guard.run({ ...call, id: `${id}-no-json`, arguments: () => 1 }, () => undefined);
      await recording.close();
      expect(recording.status()).toEqual({ written: 1, waiting: 0, lost: 2 });
      void guard.run({ ...call, id: `${id}-later` }, () => undefined);
    }
    expect(linesIn(path)).toMatchObject([{ id: "one" }, { id: "two" }]);
  });

  it("keeps order and whole lines under many calls at once", async () => {
    const path = join(folder, "many.jsonl");
    const guard = await testGuard({ t: "allow" });
    const recording = await recordCalls(guard, path);
    const ticket = guard.ticket();
    for (let id = 0; id < 500; id += 1) {
      const call = { ticket, id: String(id), tool: "t", arguments: { text: "x".repeat(id) } };
      void guard.run(call, () => undefined);
    }
    await recording.close();
    expect(linesIn(path).map((line) => (line as { id: string }).id)).toEqual(
      Array.from({ length: 500 }, (_, id) => String(id)),
    );
  });

  it.skipIf(process.platform === "win32")(
    "refuses a file that others may read, a folder, and one that cannot be made",
    async () => {
      const path = join(folder, "open.jsonl");
      writeFileSync(path, "");
      chmodSync(path, 0o640);
      const guard = await testGuard({ t: "allow" });
      for (const [where, words] of [
        [path, "can be read by others"],
        [folder, "cannot be opened"],
        [join(folder, "none", "x.jsonl"), "cannot be opened"],
      ] as const) {
        const error: unknown = await recordCalls(guard, where).catch((fault: unknown) => fault);
        expect(isInterlatchError(error, "ERR_FILE") && error.message, where).toContain(words);
      }
    },
  );
});

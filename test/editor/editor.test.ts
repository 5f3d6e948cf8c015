import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EDITOR_LINES } from "@interlatch/policy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LanguageServer, type Position, startLanguageServer } from "./language-server.ts";
import { verifies } from "../verifies.ts";

const TOOL = "  refund_order: { operation: spend }";
const POLICY = `${EDITOR_LINES.policy}

interlatch: 1
id: desk
tools:
${TOOL}
rules:
  - name: small
    tool: refund_order
    when: arguments.amount <= 50
    action: allow
    rate_limit: 30 calls/minute
`;
const TESTS = `${EDITOR_LINES.tests}

cases:
  - name: small refunds
    call: { tool: refund_order, arguments: { amount: 1 } }
    identity: { agent: { id: a1 } }
    expect: { effect: allow }
`;

let folder = "";
let server: LanguageServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "interlatch-editor-"));
  // As an install leaves it.
  mkdirSync(join(folder, "node_modules", "@interlatch"), { recursive: true });
  const published = fileURLToPath(new URL("../../packages/policy", import.meta.url));
  symlinkSync(published, join(folder, "node_modules", "@interlatch", "policy"));
  server = await startLanguageServer(folder);
}, 20_000);
afterAll(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

let count = 0;

/** Opens a text as a file of its own; the place of a sign `¦` in it is where the cursor stands. */
async function open(
  text: string,
): Promise<{ path: string; cursor: Position; found: readonly string[] }> {
  const path = `file-${(count += 1)}.yaml`;
  const offset = Math.max(0, text.indexOf("¦"));
  const lines = text.slice(0, offset).split("\n");
  const cursor = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  const whole = text.replace("¦", "");
  writeFileSync(join(folder, path), whole);
  const found = (await server.open(path, whole)).map(
    ({ message, range: { start } }) => `${start.line + 1}:${start.character + 1} ${message}`,
  );
  return { path, cursor, found };
}

async function offered(text: string): Promise<readonly string[]> {
  const { path, cursor } = await open(text);
  return server.complete(path, cursor);
}

async function shown(text: string): Promise<string> {
  const { path, cursor } = await open(text);
  return server.hover(path, cursor);
}

describe("an editor with the YAML language server", () => {
  it("finds nothing wrong with a policy and its tests", async () => {
    expect((await open(POLICY)).found).toEqual([]);
    expect((await open(TESTS)).found).toEqual([]);
  });

  it("offers the keys of a rule, a tool, a profile and a case", async () => {
    const rule = await offered(`${POLICY}    ¦\n`);
    expect(rule).toEqual(expect.arrayContaining(["unless", "reason", "max_batch_size"]));
    expect(rule).not.toContain("cooldown");
    expect(
      await offered(POLICY.replace(TOOL, "  refund_order:\n    operation: spend\n    ¦")),
    ).toEqual(expect.arrayContaining(["data", "arguments", "reversible"]));
    expect(await offered(`${POLICY}agents:\n  support:\n    when: "true"\n    ¦\n`)).toEqual(
      expect.arrayContaining(["tools"]),
    );
    expect(await offered(`${TESTS}    ¦\n`)).toEqual(expect.arrayContaining(["time", "table"]));
  });

  it("offers the keys of a rule that was just begun", async () => {
    expect(await offered(`${POLICY}  - ¦\n`)).toEqual(
      expect.arrayContaining(["name", "tool", "when", "action"]),
    );
  });

  it("offers the words of a key", async () => {
    expect(await offered(POLICY.replace("action: allow", "action: ¦"))).toEqual(
      expect.arrayContaining(["allow", "review", "deny"]),
    );
    expect(await offered(POLICY.replace(TOOL, "  refund_order:\n    operation: ¦"))).toEqual(
      expect.arrayContaining(["read", "write", "egress"]),
    );
  });

  verifies("editor.server", "marks a wrong key and a wrong word at their places", async () => {
    expect((await open(POLICY.replace("rate_limit:", "rate_limits:"))).found).toEqual([
      "12:5 Property rate_limits is not allowed.",
    ]);
    expect((await open(POLICY.replace("action: allow", "action: alow"))).found).toEqual([
      expect.stringMatching(
        /^11:13 Value is not accepted\. Valid values: "allow", "review", "deny"/,
      ),
    ]);
    expect((await open(TESTS.replace("effect: allow", "effect: alow"))).found).toEqual([
      expect.stringMatching(
        /^7:23 Value is not accepted\. Valid values: "allow", "review", "deny"/,
      ),
    ]);
  });

  it("marks a key that this engine does not run yet, and a missing one", async () => {
    expect((await open(`${POLICY}    cooldown: 30s\n`)).found).toEqual([
      "13:5 Property cooldown is not allowed.",
    ]);
    expect((await open(POLICY.replace("    action: allow\n", ""))).found).toEqual([
      '8:5 Missing property "action".',
    ]);
  });

  it("shows what a key is for, and examples", async () => {
    const hover = await shown(POLICY.replace("rate_limit:", "rate_¦limit:"));
    expect(hover).toContain("never more in any trailing minute");
    expect(hover).toContain("30 calls/minute");
    expect(await shown(TESTS.replace("effect:", "eff¦ect:"))).toContain(
      "`allow`, `review` or `deny`",
    );
  });
});

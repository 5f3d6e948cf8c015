import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { workplace, type Workplace } from "../../../../test/cli/command-line.ts";
import { type Running, startCommand } from "../../../../test/cli/running.ts";

const WAITING = "Waiting for changes. Ctrl-C ends it.\n";

/** Changes something, waits for the round that follows, and gives the last line of it. */
async function after(running: Running, change: () => void): Promise<string | undefined> {
  const from = running.position();
  change();
  await running.says(WAITING, from);
  return running.output.stdout.trimEnd().split("\n").at(-1);
}

function place(): Workplace {
  const made = workplace();
  made.write("interlatch.config.json", '{"policy":["p.yaml"],"tests":["p.test.yaml"]}');
  made.write(
    "p.yaml",
    "interlatch: 1\nid: p\ninclude: [parts]\ntools: { t: { operation: read } }\n",
  );
  made.write("parts/r.yaml", "interlatch: 1\nrules: [{ name: r, tool: t, action: allow }]\n");
  made.write(
    "p.test.yaml",
    "cases: [{ name: c, agent: { id: a }, call: { tool: t }, expect: { effect: allow } }]\n",
  );
  return made;
}

describe("interlatch test --watch", () => {
  it("plays again when the policy, what it includes, or a file of tests is another", async () => {
    const { edit, write, ...rest } = place();
    const running = startCommand({ edit, write, ...rest }, ["test", "--watch"]);
    await running.says(WAITING);
    expect(running.output.stdout).toContain("1 passed, 0 failed\n");
    expect(await after(running, () => edit("parts/r.yaml", "allow", "deny"))).toBe(
      "0 passed, 1 failed",
    );
    expect(await after(running, () => edit("p.test.yaml", "effect: allow", "effect: deny"))).toBe(
      "1 passed, 0 failed",
    );
    const second =
      'interlatch: 1\nrules: [{ name: s, tool: t, action: review, when: agent.id == "b" }]\n';
    await after(running, () => write("parts/s.yaml", second));
    expect(running.output.stdout).toContain("p: what its tests reach");
    expect(running.output.stdout).toContain("parts/s.yaml:2  rule s: never matched");
    running.stop();
    expect(await running.ended).toBe(0);
  });

  it("says what is wrong or gone and goes on when it is put right", async () => {
    const made = place();
    const running = startCommand(made, ["test", "--watch"]);
    await running.says(WAITING);
    const policy = made.read("p.yaml");
    await after(running, () => rmSync(made.path("p.yaml")));
    expect(running.output.stderr).toContain(
      "p.yaml cannot be read: there is no such file or folder.",
    );
    expect(await after(running, () => made.write("p.yaml", policy))).toBe("1 passed, 0 failed");
    await after(running, () => made.edit("p.test.yaml", "cases", "casez"));
    expect(running.output.stderr).toContain("`casez`");
    expect(await after(running, () => made.edit("p.test.yaml", "casez", "cases"))).toBe(
      "1 passed, 0 failed",
    );
    running.stop();
    expect(await running.ended).toBe(0);
  });

  it("begins each round on an empty screen on a terminal, and clears nothing elsewhere", async () => {
    const made = place();
    for (const isTTY of [true, false]) {
      const running = startCommand(made, ["test", "--watch"], { isTTY });
      await running.says(WAITING);
      expect(running.output.stdout.includes("\u001b[2J")).toBe(isTTY);
      running.stop();
      await running.ended;
    }
  });

  it("is not for one JSON document", async () => {
    const { run } = place();
    const { code, stderr } = await run(["test", "--watch", "--json"]);
    expect(stderr).toContain("--watch goes on, and --json is one document");
    expect(code).toBe(2);
  });
});

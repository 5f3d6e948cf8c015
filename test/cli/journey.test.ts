import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../packages/cli/src/commands.ts";
import { type Workplace, workplace } from "./command-line.ts";
import { HOST_PROGRAM } from "./host-program.ts";

const PACKAGES = fileURLToPath(new URL("../../packages", import.meta.url));

/** Runs a program on the sources of the packages, as a developer does; gives all that it printed. */
function runProgram(place: Workplace, name: string, text: string): Promise<string> {
  const source = (entry: string): string => join(PACKAGES, "core/src", entry);
  const onSources = text
    .replace('"@interlatch/core"', JSON.stringify(source("index.ts")))
    .replace('"@interlatch/core/node"', JSON.stringify(source("node/index.ts")));
  place.write(name, onSources);
  return new Promise((resolve) => {
    const parameters = ["--conditions=@interlatch/source", name];
    const env = { ...process.env, NODE_ENV: "development" };
    execFile(process.execPath, parameters, { cwd: place.folder, env }, (_, stdout, stderr) => {
      resolve(`${stdout}${stderr}`);
    });
  });
}

/** From an empty folder to a signed bundle, by the real clock, since a real program judges by it. */
async function journey(): Promise<Workplace & { readonly pin: string }> {
  const place = workplace();
  const now = Date.now;
  let pin = "";
  for (const argv of [
    ["init", "my-agent"],
    ["check"],
    ["test"],
    ["build"],
    ["sign", "my-agent-1.payload.json", "--key", ".interlatch/keys/bundle.pem"],
  ]) {
    const cwd = argv[0] === "init" ? place.folder : place.path("my-agent");
    const { code, stdout, stderr } = await place.run(argv, { now, cwd });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    pin ||= /trust\.json#sha256:[0-9a-f]{64}/.exec(stdout)?.[0] ?? "";
  }
  const path = (...names: readonly string[]): string => place.path("my-agent", ...names);
  return {
    ...place,
    folder: path(),
    path,
    read: (name) => place.read(join("my-agent", name)),
    write: (name, text) => place.write(join("my-agent", name), text),
    edit: (name, before, after) => place.edit(join("my-agent", name), before, after),
    run: (argv, io) => place.run(argv, { now, cwd: path(), ...io }),
    json: (argv, io) => place.json(argv, { now, cwd: path(), ...io }),
    pin,
  };
}

const VERIFY = ["verify", "my-agent-1.bundle.json", "--audience", "dev-team", "--trust"] as const;

describe("from an empty folder", () => {
  it("comes a signed bundle that verifies, and a program that denies a call by it", async () => {
    const place = await journey();
    const verified = await place.json([...VERIFY, place.pin]);
    expect(verified.document).toMatchObject({ ok: true, bundle: { id: "my-agent", version: 1 } });

    const printed = await runProgram(place, "host.mjs", HOST_PROGRAM.replace("PIN", place.pin));
    expect(printed).toContain("Not permitted: Customers are deleted by the records team.\n");

    // The command that stands in the line of the denial.
    const [, command = ""] = / · interlatch (explain .*)\n/.exec(printed) ?? [];
    const { code, stdout } = await place.run(command.split(" "));
    expect(stdout).toMatch(/customers_stay {2}deny {2}matched {2}policy\.yaml:\d+ {2}decided/);
    expect(code).toBe(0);
  });

  it("comes a bundle that is refused once a byte of it was changed, by `verify` and by the program", async () => {
    const place = await journey();
    const envelope = JSON.parse(place.read("my-agent-1.bundle.json"));
    const payload = Buffer.from(envelope.payload, "base64").toString();
    const changed = payload.replace('"action":"deny"', '"action":"allow"');
    const forged = { ...envelope, payload: Buffer.from(changed).toString("base64") };
    place.write("my-agent-1.bundle.json", JSON.stringify(forged));
    const { code, document } = await place.json([...VERIFY, place.pin]);
    expect(document.error.code).toBe("ERR_BUNDLE_SIGNATURE");
    expect(code).toBe(11);
    const printed = await runProgram(place, "host.mjs", HOST_PROGRAM.replace("PIN", place.pin));
    expect(printed).toContain("ERR_BUNDLE_SIGNATURE");
    expect(printed).not.toContain("deleted\n");
  });

  it("every command's own example works", async () => {
    const place = await journey();
    place.write("agent.js", "process.exit(process.env.INTERLATCH_AUDIENCE === 'dev' ? 0 : 9);\n");
    place.write("app.js", appOf(place.pin));
    for (const [name, content] of Object.entries(GIVEN)) {
      place.write(name, `${JSON.stringify(content)}\n`);
    }
    for (const name of Object.keys(COMMANDS)) {
      if (NEEDS_MORE.has(name)) continue;
      const { stdout } = await place.run([...name.split(" "), "--help"]);
      const line = /\nEXAMPLE\n\n {2}interlatch (.*)\n/.exec(stdout)?.[1] ?? "";
      const argv = wordsOf(line.replace("trust.json#sha256:…", place.pin));
      // A program that a command starts runs on the sources, as this test does.
      const env = { NODE_OPTIONS: "--conditions=@interlatch/source" };
      const { code, stderr } = await place.run(argv, { env });
      expect({ line, code, stderr: code === 0 ? "" : stderr }).toEqual({
        line,
        code: 0,
        stderr: "",
      });
    }
  });
});

/**
 * Their examples name what a new project has not: a status key that its root lists, ids of keys, a root that waits for
 * signatures. The tests beside these commands make all of that, and run them.
 */
const NEEDS_MORE: ReadonlySet<string> = new Set([
  "status sign",
  "status show",
  "status publish",
  "trust remove-key",
  "trust revoke",
  "trust sign",
]);

/** A program that guards every tool of the starter policy. */
function appOf(pin: string): string {
  const source = (file: string): string => JSON.stringify(join(PACKAGES, file));
  return `
import { createGuard, fileAudit } from ${source("core/src/node/index.ts")};
import { guardAI } from ${source("ai-sdk/src/index.ts")};
const guard = await createGuard({
  bundle: "my-agent-1.bundle.json",
  trust: "${pin}",
  audience: "dev-team",
  audit: fileAudit(".interlatch/app-audit"),
});
const execute = () => "done";
const names = guard.coverage().map(({ tool }) => tool);
const tools = Object.fromEntries(names.map((name) => [name, { execute, inputSchema: {} }]));
guardAI(guard, undefined).options(tools);
`;
}

/** What the examples take from elsewhere: a recorded call, an `interruptOn` map, what an MCP server lists. */
const GIVEN = {
  "calls.jsonl": {
    v: 1,
    time: "2026-11-22T10:00:00.000Z",
    tool: "search_orders",
    arguments: { query: "17" },
    agent: { id: "a1", roles: ["support"] },
  },
  "hitl.json": { refund: { allowedDecisions: ["approve", "reject"] }, search: false },
  "tools-list.json": {
    tools: [{ name: "search", inputSchema: { type: "object", properties: {} } }],
  },
};

/** A command line's words, as a shell takes single quotes. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/'[^']*'|\S+/g) ?? [];
  return words
    .map((word) => word.replace(/^'(.*)'$/, "$1"))
    .map((word) => (word === "node" ? process.execPath : word));
}

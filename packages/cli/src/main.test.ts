import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "@interlatch/core";
import { workplace } from "../../../test/cli/command-line.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT, EXIT_MEANINGS, exitOf } from "./exit-codes.ts";

const { run, json } = workplace();
const NAMES = Object.keys(COMMANDS);

describe.each(NAMES)("interlatch %s", (name) => {
  const words = name.split(" ");

  it("explains itself with --help, with an example that begins with its own name", async () => {
    const { code, stdout, stderr } = await run([...words, "--help"]);
    expect(stdout).toContain(`USAGE interlatch ${name}`);
    expect(stdout).toContain("--json");
    expect(stdout).toContain(`\n  interlatch ${name}`);
    expect(stdout).not.toMatch(/[ \t]\n|\u001b/);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect((await run(["help", ...words])).stdout).toBe(stdout);
  });

  it("refuses an option that it does not have, as JSON with --json", async () => {
    const { code, document, stderr } = await json([...words, "--no-such-option"]);
    expect(document.error.code).toBe("ERR_OPTIONS");
    expect(document.error.message).toContain("--no-such-option");
    expect(stderr).toContain("There is no option --no-such-option.");
    expect(code).toBe(2);
  });

  it("names the nearest option", async () => {
    const { code, stderr } = await run([...words, "--jsn"]);
    expect(stderr).toContain("Did you mean --json?");
    expect(code).toBe(2);
  });
});

describe("interlatch", () => {
  it("lists every command, and every exit code with its meaning", async () => {
    const { code, stdout } = await run(["--help"]);
    for (const name of NAMES) expect(stdout).toContain(`\n  ${name} `);
    for (const [name, number] of Object.entries(EXIT)) {
      expect(stdout).toContain(`${number}  ${EXIT_MEANINGS[name as keyof typeof EXIT]}`);
    }
    expect(code).toBe(0);
    expect((await run(["help"])).stdout).toBe(stdout);
  });

  it("says its version", async () => {
    const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
    const { version } = JSON.parse(manifest);
    expect((await run(["--version"])).stdout).toBe(`${version}\n`);
  });

  it("is used wrongly without a command", async () => {
    const { code, stdout, stderr } = await run([]);
    expect(stdout).toBe("");
    expect(stderr).toContain("A command is missing.");
    expect(code).toBe(2);
  });

  it.each([
    [["chek"], "Did you mean `interlatch check`?"],
    [["trust"], "`trust` goes on: trust init, trust show"],
    [["trust", "int"], "`trust` goes on: trust init, trust show"],
    [["keygn"], "Did you mean `interlatch keygen`?"],
    [["constructor"], 'There is no command "constructor". Commands: init, '],
    [["__proto__"], 'There is no command "__proto__".'],
  ])("names the nearest command for %j", async (argv, words) => {
    const { code, stderr } = await run(argv);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });

  it.each([
    [["check", "--config"], "--config needs a value: --config=FILE."],
    [["check", "--config", "--json"], "--config needs a value"],
    [["check", "--quiet=yes"], "--quiet takes no value."],
    [["check", "--config=a", "--config=b"], "--config stands twice."],
    [["check", "--", "x"], "takes nothing after `--`"],
    [["verify"], "BUNDLE is missing: A *.bundle.json."],
    [["verify", "a", "b"], '"b" is one argument too many.'],
    [["keygen", "--alg", "RSA"], "--alg is one of Ed25519, ES256; found RSA."],
    [["init", "--files"], "There is no option --files."],
    [["verify", "--bundle=x"], "There is no option --bundle."],
  ])("says what is wrong with %j", async (argv, words) => {
    const { code, stderr } = await run(argv);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });

  it("takes --json and --quiet before the command too", async () => {
    const { stdout, code } = await run(["--json", "check"]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "ERR_FILE" } });
    expect(code).toBe(EXIT.file);
  });

  it("colours on a terminal only, and not where NO_COLOR is set", async () => {
    const bare = { FORCE_COLOR: "1" };
    expect((await run(["check"], { env: bare })).stderr).not.toContain("\u001b[");
    expect((await run(["check"], { isTTY: true })).stderr).toContain("\u001b[31merror");
    const { stderr } = await run(["check"], { isTTY: true, env: { NO_COLOR: "1" } });
    expect(stderr).not.toContain("\u001b[");
    const dumb = await run(["check"], { isTTY: true, env: { TERM: "dumb" } });
    expect(dumb.stderr).not.toContain("\u001b[");
  });

  it("has an exit code for every error code", () => {
    const numbers = new Set<number>(Object.values(EXIT));
    for (const code of ERROR_CODES) expect(numbers).toContain(exitOf(code));
  });

  it("calls what nobody foresaw a defect, with an exit code of its own", async () => {
    const now = (): number => {
      throw new TypeError("no clock");
    };
    const { write, run: runThere } = workplace();
    write("a.yaml", "interlatch: 1\nid: a\nrules: []\n");
    const ran = await runThere(["check", "a.yaml", "--json"], {
      now,
      env: { INTERLATCH_DEBUG: "1" },
    });
    expect(JSON.parse(ran.stdout).error.code).toBe("ERR_INTERNAL");
    expect(ran.stderr).toContain("TypeError: no clock\n    at ");
    expect(ran.code).toBe(70);
  });
});

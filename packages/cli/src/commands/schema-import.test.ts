import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { workplace, type Workplace } from "../../../../test/cli/command-line.ts";

const FIXTURE = join(import.meta.dirname, "../../../../test/cli/fixtures/zod-tools.ts");

const weather = {
  name: "get_weather",
  description: "Gets the weather.",
  inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  annotations: { readOnlyHint: true },
};

/** Builds the section as a person would: included by a policy. */
async function builds({ write, run }: Workplace, section: string): Promise<void> {
  write("policy.yaml", `interlatch: 1\nid: x\ninclude: ${section}\n`);
  const { code, stdout } = await run(["check", "policy.yaml"]);
  expect(code, stdout).toBe(0);
}

describe("interlatch schema import", () => {
  it("writes the tools of an MCP list, which build", async () => {
    const place = workplace();
    place.write("list.json", JSON.stringify({ tools: [weather] }));
    const { code, stdout, stderr } = await place.run(["schema", "import", "list.json"]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      '  get_weather:\n    description: "Gets the weather."\n    operation: read\n',
    );
    expect(stderr).toBe("1 tool carried over\n");
    const written = await place.run(["schema", "import", "list.json", "--output", "tools.yaml"]);
    expect(written.stdout).toBe("tools.yaml\n");
    expect(place.read("tools.yaml")).toBe(stdout);
    await builds(place, "tools.yaml");
    // A file that is there is never overwritten.
    const again = await place.run(["schema", "import", "list.json", "--output", "tools.yaml"]);
    expect(again.code).toBe(3);
    expect(again.stderr).toContain("exists already");
  });

  it("takes a JSON Schema for one tool, named or called as its file", async () => {
    const { write, json } = workplace();
    write("refund.schema.json", JSON.stringify(weather.inputSchema));
    const { document } = await json(["schema", "import", "refund.schema.json"]);
    expect(document).toMatchObject({ files: [], tools: ["refund"], notes: [] });
    const named = await json(["schema", "import", "refund.schema.json", "--tool", "pay"]);
    expect(named.document.tools).toEqual(["pay"]);
    expect(named.document.policies[0]).toContain("  pay:\n    operation: write\n");
  });

  it("says on standard error, and in --json, what it could not carry over", async () => {
    const { write, run, json } = workplace();
    const bad = { name: "a\u200bb\u001b[31m", inputSchema: {} };
    const odd = { ...weather, inputSchema: { properties: { a: { format: "iri" } } } };
    write("list.json", JSON.stringify({ tools: [odd, bad], nextCursor: "2" }));
    const { code, stdout, stderr } = await run(["schema", "import", "list.json"]);
    expect(code).toBe(0);
    expect(stdout).not.toContain("iri");
    expect(stderr).toContain("3 things could not be carried over as it was:\n");
    expect(stderr).toContain(
      'get_weather /inputSchema/properties/a/format  No policy checks the format "iri"',
    );
    expect(stderr).toContain("its name holds invisible characters");
    expect(stderr).not.toContain("\u001b[31m");
    expect(stderr).not.toContain("\u200b");
    const { document } = await json(["schema", "import", "list.json"]);
    expect(document.notes).toHaveLength(3);
    expect(document.notes[1]).toEqual({
      tool: "get_weather",
      place: "/inputSchema/properties/a/format",
      message: 'No policy checks the format "iri"; left out.',
    });
  });

  it("runs a module of zod schemas when it is told to, and says that it does", async () => {
    const place = workplace();
    const line = `schema import ${FIXTURE} --as zod --output tools.yaml`;
    const { code, stderr } = await place.run(line.split(" "));
    expect(stderr).toContain("--as zod imports the module, with all that it does");
    expect(stderr).toMatch(
      /upload {2}The tool is left out: JSON Schema cannot say what its schema says/,
    );
    expect(code).toBe(0);
    const text = place.read("tools.yaml");
    expect(text).toContain("The order's number");
    expect(text).toContain("exclusiveMinimum: 0");
    expect(text).toContain("format: email");
    expect(text).not.toContain("upload");
    await builds(place, "tools.yaml");
  });

  it.each<[string, readonly string[], number, RegExp]>([
    [
      "a module without --as zod",
      [FIXTURE],
      3,
      /is no JSON.*A module of zod schemas is read with --as zod/s,
    ],
    ["a file that is not there", ["none.json"], 3, /no such file/],
    ["a schema as a list", ["s.json", "--as", "mcp"], 3, /no result of MCP tools\/list/],
    ["a name for a list", ["l.json", "--tool", "x"], 2, /a list names its own/],
    [
      "another kind",
      ["s.json", "--as", "yaml"],
      2,
      /--as is one of json-schema, mcp, zod; found yaml/,
    ],
    ["a name that is none", ["s.json", "--tool", "a b"], 0, /its name is none of a tool/],
  ])("refuses %s", async (_what, argv, expected, words) => {
    const { run, write } = workplace();
    write("s.json", "{}");
    write("l.json", '{"tools":[]}');
    const { code, stderr } = await run(["schema", "import", ...argv]);
    expect(stderr).toMatch(words);
    expect(code).toBe(expected);
  });
});

import { describe, expect, it } from "vitest";
import { anchorOf, readDocument } from "./document.ts";
import { examplesOf } from "./examples.ts";
import { mergeImports } from "./imports.ts";
import { programsOf } from "./program.ts";

const DOCUMENT = `# A title

[a](b.md) and \`[no](link.md)\` <!-- [no](link.md) -->

<!-- docs: program one -->

\`\`\`ts
import { a, b } from "m";
declare const given: number;
a(given);
\`\`\`

\`\`\`\`text
\`\`\`ts
not code
\`\`\`
\`\`\`\`

\`\`\`ts
import { type T, b } from "m";
b();
\`\`\`

<!-- docs: prints -->

\`\`\`text
it is so
\`\`\`

<!-- docs: program two -->
<!-- docs: types only: it needs a server -->

\`\`\`ts
serve();
\`\`\`
`;

describe("a document", () => {
  const document = readDocument("guide/README.md", DOCUMENT);

  it("is read with its blocks, their lines and the notes above them", () => {
    expect(document.blocks.map(({ language, line }) => [language, line])).toEqual([
      ["ts", 8],
      ["text", 14],
      ["ts", 20],
      ["text", 27],
      ["ts", 34],
    ]);
    expect(document.blocks[4]?.notes).toEqual(["program two", "types only: it needs a server"]);
    expect(document.headings).toEqual(["A title"]);
    expect(document.links).toEqual([{ target: "b.md", line: 3 }]);
  });

  it("that does not close a block is refused", () => {
    expect(() => readDocument("x.md", "```ts\n")).toThrow("x.md:1");
  });

  it("gives one program a name, at the lines of the document", () => {
    const setups = new Map([["one", { path: "setup/one.ts", text: "const given = 1;" }]]);
    const [one, two] = programsOf(document, setups);
    expect(one?.text.split("\n")).toEqual([
      "const given = 1;",
      'import { a, b } from "m";',
      "",
      "a(given);",
      'import { type T } from "m";',
      "b();",
      "export {};",
    ]);
    expect(one?.origins.map(({ line }) => line)).toEqual([1, 8, 9, 10, 20, 21]);
    expect(one?.prints).toEqual([expect.objectContaining({ text: "it is so" })]);
    expect(one?.notRun).toBeNull();
    expect(two?.notRun).toBe("it needs a server");
  });

  it("keeps its lines when imports are merged", () => {
    const lines = [
      'import { a, type T } from "m";',
      "import {",
      "  a,",
      "  c,",
      '} from "m";',
      "a();",
    ];
    expect(mergeImports(lines)).toEqual([
      'import { a, type T } from "m";',
      'import { c } from "m";',
      "",
      "",
      "",
      "a();",
    ]);
    expect(mergeImports(['import type { T } from "m";', 'import { T } from "m";'])).toEqual([
      "",
      'import { T } from "m";',
    ]);
  });

  it("has anchors as code hosts make them", () => {
    expect(anchorOf("What is `guard.run`?")).toBe("what-is-guardrun");
  });
});

describe("the examples of a source", () => {
  const comment = "/**\n * Adds.\n *\n * @example\n * ```ts\n * add(1);\n * ```\n */\n";

  it("are found with their lines", () => {
    const [example] = examplesOf({ path: "packages/x/src/add.ts", text: `\n${comment}` });
    expect(example?.text).toBe("\nadd(1);\nexport {};");
    expect(example?.origins.map(({ line }) => line)).toEqual([5, 7]);
  });

  it("know what their own file exports, and what stands beside it", () => {
    const text = `${comment.replace("add(1)", 'import { one } from "./one.ts";')}export function add() {}\n`;
    const [example] = examplesOf({ path: "packages/x/src/add.ts", text });
    expect(example?.text).toContain('import { one } from "../../../packages/x/src/one.ts";');
    const [own] = examplesOf({
      path: "packages/x/src/add.ts",
      text: `${comment}export function add() {}\n`,
    });
    expect(own?.text.split("\n")[0]).toBe('import { add } from "../../../packages/x/src/add.ts";');
  });

  it("must have a block of code", () => {
    const text = "/**\n * @example\n * add(1)\n */\n";
    expect(() => examplesOf({ path: "add.ts", text })).toThrow("add.ts:2");
  });
});

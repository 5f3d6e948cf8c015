import type { Block, Document } from "./document.ts";
import { mergeImports } from "./imports.ts";

/** From the folder that programs are written into to the root: as deep as the set-ups, whose imports hold there too. */
export const TO_ROOT = "../../..";

/** Where a line of a program was written. */
export interface Origin {
  readonly path: string;
  readonly line: number;
}

/** The TypeScript blocks of a document that make one program, in their order. */
export interface Program {
  /** Unique, fit for a file name. */
  readonly name: string;
  /** The document, or the source with the comment, it comes from. */
  readonly path: string;
  readonly text: string;
  /** Of each line of the text. */
  readonly origins: readonly Origin[];
  /** Why it is not run, or `null` where it is. */
  readonly notRun: string | null;
  /** Why its types are not checked, or `null` where they are. */
  readonly notChecked: string | null;
  /** The folder, from the root of the workspace, whose packages it sees; empty for the root's. */
  readonly home: string;
  /** What it must print, one text for each block that shows it. */
  readonly prints: readonly { readonly text: string; readonly line: number }[];
}

/** Code that readers are not shown: a scripted model, tools, a guard. Given by the program's short name. */
export type Setups = ReadonlyMap<string, { readonly path: string; readonly text: string }>;

/**
 * The programs of a document. All its `ts` and `js` blocks are one program, unless a note above a block says
 * `<!-- docs: program NAME -->`; the blocks from there on are of that program. `types only: WHY` keeps a program
 * from being run, `run only: WHY` from being compiled, and `packages of FOLDER` has it see those that are installed
 * there. A `text` block with the note `prints` is what the program before it must print.
 */
export function programsOf(document: Document, setups: Setups): readonly Program[] {
  const parts = new Map<string, Block[]>();
  const prints = new Map<string, { text: string; line: number }[]>();
  let name = shortName(document.path);
  for (const block of document.blocks) {
    const named = noteOf(block, "program ");
    if (named !== undefined) name = named;
    if (CODE.has(block.language)) append(parts, name, block);
    else if (block.notes.includes("prints")) append(prints, name, block);
  }
  return [...parts].map(([short, blocks]) => {
    const noted = (start: string): string | undefined =>
      blocks.flatMap((block) => noteOf(block, start) ?? [])[0];
    const lines = linesOf(document.path, blocks, setups.get(short));
    return {
      name: `${fileName(document.path)}.${short}`,
      path: document.path,
      ...lines,
      notRun: noted("types only: ") ?? null,
      notChecked: noted("run only: ") ?? null,
      home: noted("packages of ") ?? "",
      prints: prints.get(short) ?? [],
    };
  });
}

/** Modules in JavaScript are held to the same. */
const CODE: ReadonlySet<string> = new Set(["ts", "js"]);

/** `packages/langgraph/README.md` is `langgraph`, the root's is `readme`, `SECURITY.md` is `security`. */
function shortName(path: string): string {
  const [file, folder] = path.split("/").reverse();
  const own = (file ?? "").replace(/\.md$/, "").toLowerCase();
  return own === "readme" && folder !== undefined ? folder : own;
}

/** A path as part of a file name. */
export function fileName(path: string): string {
  return path.replace(/\.(md|ts)$/, "").replace(/[^\w-]+/g, "-");
}

function noteOf({ notes }: Block, start: string): string | undefined {
  return notes.find((note) => note.startsWith(start))?.slice(start.length);
}

function append<Value>(map: Map<string, Value[]>, name: string, value: Value): void {
  map.set(name, [...(map.get(name) ?? []), value]);
}

interface Lines {
  readonly text: string;
  readonly origins: readonly Origin[];
}

function linesOf(
  path: string,
  blocks: readonly Block[],
  setup: { readonly path: string; readonly text: string } | undefined,
): Lines {
  const given = setup === undefined ? [] : setup.text.split("\n");
  const names = new Set(given.flatMap((line) => declaredBy(line) ?? []));
  const all = given.map((line, index) => ({
    line,
    origin: { path: setup?.path ?? path, line: index + 1 },
  }));
  for (const block of blocks) {
    for (const [index, line] of asModule(block.text.split("\n")).entries()) {
      all.push({ line: standIn(line, names), origin: { path, line: block.line + index } });
    }
  }
  const text = mergeImports(all.map(({ line }) => line));
  // A file without imports is a script to Node and to the compiler, and scripts share one scope.
  return {
    text: [...text, "export {};"].join("\n"),
    origins: all.map(({ origin }) => origin),
  };
}

function declaredBy(line: string): string | undefined {
  return /^(?:export )?(?:const|let|class|(?:async )?function) (\w+)/.exec(line)?.[1];
}

/** What a snippet only declares, the set-up has: `declare const guard: Guard;` gives way to the real one. */
function standIn(line: string, names: ReadonlySet<string>): string {
  const declared = /^declare const (\w+)\b.*;$/.exec(line)?.[1];
  return declared !== undefined && names.has(declared) ? "" : line;
}

/** What is done with what such a body returns: a response is read to its end, or nothing in it would run. */
const READ =
  "then(async (made: unknown) => made instanceof Response && console.log(await made.text()))";

/** The body of a function, which is known by its `return`, becomes one. Each line stays in its place. */
function asModule(lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => line.startsWith("return "))) return lines;
  const first = lines.findIndex((line) => line !== "" && !line.startsWith("import "));
  const last = lines.length - 1;
  return lines.map((line, index) => {
    const open = index === first ? "await (async () => { " : "";
    return `${open}${line}${index === last ? ` })().${READ};` : ""}`;
  });
}

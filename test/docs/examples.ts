import { posix } from "node:path";
import { fileName, TO_ROOT, type Program } from "./program.ts";

/**
 * The `@example`s of a source file, each a program of its own that is compiled and not run. What the file exports is
 * there without an import, for modules that are not part of a package's interface.
 *
 * @throws Error where an `@example` has no block of TypeScript
 */
export function examplesOf({ path, text }: { path: string; text: string }): readonly Program[] {
  const exported = [...text.matchAll(EXPORT)].map(([, name]) => name ?? "");
  const programs: Program[] = [];
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const lines = commentLines(text, comment);
    for (const [index, line] of lines) {
      if (/^@example\b/.test(line)) programs.push(exampleAt(path, lines, index, exported));
    }
  }
  return programs;
}

/** The one package whose peers, the clients of databases, the root has no use for. */
const STORES = "packages/stores";

const EXPORT = /^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm;

type CommentLine = readonly [number, string];

/** The lines of a comment with their numbers, without the asterisks. */
function commentLines(text: string, comment: RegExpExecArray): readonly CommentLine[] {
  const first = text.slice(0, comment.index).split("\n").length;
  return comment[0]
    .split("\n")
    .map((line, index) => [first + index, line.replace(/^\s*(?:\/\*)?\* ?/, "")] as const);
}

function exampleAt(
  path: string,
  lines: readonly CommentLine[],
  at: number,
  exported: readonly string[],
): Program {
  const after = lines.filter(([line]) => line > at);
  const open = after.findIndex(([, line]) => line.startsWith("```ts"));
  const tag = after.findIndex(([, line]) => line.startsWith("@"));
  const close = after.findIndex(([, line], index) => index > open && line.startsWith("```"));
  if (open === -1 || close === -1 || (tag !== -1 && tag < open)) {
    throw new Error(`${path}:${at}: the @example has no block of ts`);
  }
  const code = after.slice(open + 1, close);
  const text = code.map(([, line]) => fromSource(path, line));
  return {
    name: `${fileName(path)}.${at}`,
    path,
    text: [ownImport(path, text.join("\n"), exported), ...text, "export {};"].join("\n"),
    origins: [{ path, line: at }, ...code.map(([line]) => ({ path, line }))],
    notRun: "an example in a comment",
    notChecked: null,
    home: path.startsWith(STORES) ? STORES : "",
    prints: [],
  };
}

/** What an example uses of its own file and does not import or declare. */
function ownImport(path: string, code: string, exported: readonly string[]): string {
  const imported = [...code.matchAll(/^import .*?;/gms)].map(([statement]) => statement).join(" ");
  const used = exported.filter((name) => {
    const word = new RegExp(`(?<![\\w."])${name}\\b`);
    return word.test(code) && !word.test(imported);
  });
  return used.length === 0 ? "" : `import { ${used.join(", ")} } from "${TO_ROOT}/${path}";`;
}

/** A relative import leads from the source, and the program stands elsewhere. */
function fromSource(path: string, line: string): string {
  return line.replace(/ from "(\.\.?\/[^"]+)"/, (_, target: string) => {
    return ` from "${TO_ROOT}/${posix.join(posix.dirname(path), target)}"`;
  });
}

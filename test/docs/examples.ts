import { fileName, type Program } from "./program.ts";

/**
 * The `@example`s of a source file, each a program of its own that is compiled and not run.
 *
 * @throws Error where an `@example` has no block of TypeScript
 */
export function examplesOf({ path, text }: { path: string; text: string }): readonly Program[] {
  const programs: Program[] = [];
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    for (const [index, line] of commentLines(text, comment)) {
      if (!/^@example\b/.test(line)) continue;
      programs.push(exampleAt(path, commentLines(text, comment), index));
    }
  }
  return programs;
}

type CommentLine = readonly [number, string];

/** The lines of a comment with their numbers, without the asterisks. */
function commentLines(text: string, comment: RegExpExecArray): readonly CommentLine[] {
  const first = text.slice(0, comment.index).split("\n").length;
  return comment[0]
    .split("\n")
    .map((line, index) => [first + index, line.replace(/^\s*(?:\/\*)?\* ?/, "")] as const);
}

function exampleAt(path: string, lines: readonly CommentLine[], at: number): Program {
  const after = lines.filter(([line]) => line > at);
  const open = after.findIndex(([, line]) => line.startsWith("```ts"));
  const tag = after.findIndex(([, line]) => line.startsWith("@"));
  const close = after.findIndex(([, line], index) => index > open && line.startsWith("```"));
  if (open === -1 || close === -1 || (tag !== -1 && tag < open)) {
    throw new Error(`${path}:${at}: the @example has no block of ts`);
  }
  const code = after.slice(open + 1, close);
  return {
    name: `${fileName(path)}.${at}`,
    path,
    text: [...code.map(([, line]) => line), "export {};"].join("\n"),
    origins: code.map(([line]) => ({ path, line })),
    notRun: "an example in a comment",
    prints: [],
  };
}

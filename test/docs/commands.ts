import { codeSpans, type Document } from "./document.ts";

/** A command that a document tells readers to type. */
export interface Command {
  readonly path: string;
  readonly line: number;
  /** The words, without the prompt and a comment at the end. */
  readonly words: readonly string[];
}

/** The commands of a document: every line of its `sh` blocks, and the code spans that are commands of ours. */
export function commandsOf(document: Document): readonly Command[] {
  const { path } = document;
  const typed = document.blocks
    .filter(({ language }) => language === "sh")
    .flatMap((block) => linesOf(block.text).map(([text, at]) => ({ text, line: block.line + at })));
  const spoken = codeSpans(document).filter(({ text }) => /^(npx |interlatch [a-z])/.test(text));
  return [...typed, ...spoken].flatMap(({ text, line }) =>
    text
      .split(/&&|;|\|\|?/)
      .map((command) => wordsOf(command))
      .filter((words) => words.length > 0)
      .map((words) => ({ path, line, words })),
  );
}

/** The commands of a block with their lines; one that goes on after a backslash is one. */
function linesOf(text: string): [string, number][] {
  const found: [string, number][] = [];
  let open: [string, number] | undefined;
  for (const [at, line] of text.split("\n").entries()) {
    const whole: [string, number] =
      open === undefined ? [line, at] : [`${open[0]} ${line}`, open[1]];
    open = undefined;
    if (line.endsWith("\\")) open = [whole[0].slice(0, -1), whole[1]];
    else if (!/^\s*(#|$)/.test(whole[0])) found.push(whole);
  }
  return found;
}

function wordsOf(command: string): string[] {
  const words = command.replace(/\s#.*$/, "").match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  const start = words.findIndex((word) => word !== "$" && !/^[A-Z_]+=/.test(word));
  return start === -1 ? [] : words.slice(start);
}

/** What a command asks for: a script of the workspace, a command of `interlatch`, or something else. */
export type Wanted =
  /** Of the package that `--filter` names, else of the workspace. */
  | { readonly kind: "script"; readonly name: string; readonly of?: string }
  | { readonly kind: "interlatch"; readonly words: readonly string[] }
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "package"; readonly names: readonly string[] }
  | { readonly kind: "ordinary" }
  | { readonly kind: "unknown" };

const ORDINARY = new Set([
  "cd",
  "mkdir",
  "git",
  "export",
  "echo",
  "cat",
  "cp",
  "mv",
  "rm",
  "chmod",
  "curl",
]);
/** What pnpm does of itself. */
const PNPM = new Set(["install", "exec"]);

/** Reads a command. */
export function wantedBy({ words }: Command): Wanted {
  const [first, second, third, ...rest] = words;
  if (first === "npx" && second === "-y" && third?.startsWith("pnpm@")) return ofPnpm(rest);
  if (first === "npx" && second === "interlatch") return interlatch(words.slice(2));
  if (first === "interlatch") return interlatch(words.slice(1));
  if (first === "npm" && (second === "install" || second === "i")) {
    return { kind: "package", names: words.slice(2).filter((word) => !word.startsWith("-")) };
  }
  const file = words.slice(1).find((word) => !word.startsWith("-"));
  if ((first === "node" || first === "bash") && file !== undefined) return { kind: "file", file };
  return { kind: first !== undefined && ORDINARY.has(first) ? "ordinary" : "unknown" };
}

function ofPnpm(words: readonly string[]): Wanted {
  const [name, ...rest] = words;
  if (name === "--filter" && rest[0] !== undefined && rest[1] !== undefined) {
    return { kind: "script", name: rest[1], of: rest[0] };
  }
  if (name === undefined) return { kind: "unknown" };
  if (name === "interlatch" && rest.length > 0) return interlatch(rest);
  return PNPM.has(name) ? { kind: "ordinary" } : { kind: "script", name };
}

function interlatch(words: readonly string[]): Wanted {
  return { kind: "interlatch", words };
}

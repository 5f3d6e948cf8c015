/** A fenced block of a document. */
export interface Block {
  /** The word after the fence; empty where there is none. */
  readonly language: string;
  readonly text: string;
  /** Of its first line of text, from 1. */
  readonly line: number;
  /** What comments right above the fence say to these tests: `<!-- docs: … -->`. */
  readonly notes: readonly string[];
}

/** A link, without those to the web. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** A Markdown file, as far as these tests read it. */
export interface Document {
  /** From the root of the workspace, with `/`. */
  readonly path: string;
  readonly blocks: readonly Block[];
  /** Everything outside fenced blocks; lines inside one are empty. */
  readonly prose: readonly string[];
  readonly headings: readonly string[];
  readonly links: readonly Link[];
}

const FENCE = /^( {0,3})(`{3,}|~{3,})\s*([\w+-]*)[^`]*$/;

/** Reads a Markdown file. Throws where a fence is not closed. */
export function readDocument(path: string, text: string): Document {
  const lines = text.split(/\r?\n/);
  const blocks: Block[] = [];
  const prose: string[] = [];
  let start = 0;
  for (let index = 0; index < lines.length; index++) {
    const [, indent, fence, language] = FENCE.exec(lines[index] ?? "") ?? [];
    if (fence === undefined || indent === undefined || language === undefined) {
      prose.push(lines[index] ?? "");
      continue;
    }
    const end = lines.findIndex((line, at) => at > index && closes(line, fence));
    if (end === -1) throw new Error(`${path}:${index + 1}: the block is not closed`);
    const inside = lines.slice(index + 1, end).map((line) => line.replace(indent, ""));
    const notes = notesAbove(prose.slice(start));
    blocks.push({ language, text: inside.join("\n"), line: index + 2, notes });
    prose.push(...lines.slice(index, end + 1).map(() => ""));
    index = end;
    start = prose.length;
  }
  return { path, blocks, prose, headings: headingsOf(prose), links: linksOf(prose) };
}

function closes(line: string, fence: string): boolean {
  const text = line.trim();
  return text.startsWith(fence) && text === fence.charAt(0).repeat(text.length);
}

/** Comments directly above a place, nearest last. */
function notesAbove(prose: readonly string[]): string[] {
  const notes: string[] = [];
  for (let index = prose.length - 1; index >= 0; index--) {
    const line = (prose[index] ?? "").trim();
    const note = /^<!--\s*docs:\s*(.+?)\s*-->$/.exec(line)?.[1];
    if (note !== undefined) notes.unshift(note);
    else if (line !== "") break;
  }
  return notes;
}

function headingsOf(prose: readonly string[]): string[] {
  return prose.flatMap((line) => /^#{1,6}\s+(.+?)\s*#*$/.exec(line)?.[1] ?? []);
}

/** Links in place, `[text](target)`, and the targets of those that are named, `[name]: target`. */
function linksOf(prose: readonly string[]): Link[] {
  return prose.flatMap((line, index) =>
    [
      ...withoutCode(line).matchAll(/\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)/g),
    ].map(([, inPlace, named]) => ({ target: inPlace ?? named ?? "", line: index + 1 })),
  );
}

/** Names of links, `[text][name]`, that nothing defines. */
export function undefinedLinks({ prose }: Document): readonly string[] {
  const text = prose.map(withoutCode).join("\n");
  const defined = new Set([...text.matchAll(/^\[([^\]]+)\]:/gm)].map(([, name]) => name));
  const used = [...text.matchAll(/\]\[([^\]]+)\]/g)].map(([, name]) => name ?? "");
  return used.filter((name) => !defined.has(name));
}

/** A line without its code spans and comments; what is left keeps its place. */
export function withoutCode(line: string): string {
  return line.replace(/(`+)(?!`).*?[^`]\1(?!`)|<!--.*?-->/g, (found) => " ".repeat(found.length));
}

/** The code spans of a document. */
export function codeSpans({ prose }: Document): { readonly text: string; readonly line: number }[] {
  return prose.flatMap((line, index) =>
    [...line.matchAll(/(`+)(?!`)(.*?[^`])\1(?!`)/g)].map(([, , text]) => ({
      text: (text ?? "").trim(),
      line: index + 1,
    })),
  );
}

/** The anchor of a heading as code hosts make it: lower case, without punctuation, `-` for spaces. */
export function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}

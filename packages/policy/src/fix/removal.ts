import type { Repair } from "../diagnostics/reporter.ts";
import type { SourceFile, Span } from "../yaml/source.ts";
import type { YamlEntry, YamlNode } from "../yaml/tree.ts";

/**
 * What takes an entry of a block map away, line by line. `undefined` where that would take more: it shares its lines with
 * something else, a comment stands in them, or nothing would be left of the map.
 */
export function entryRepair(entry: YamlEntry, title: string): Repair | undefined {
  const { file, start } = entry.keyAt;
  if (!/^[ \t]*$/.test(textBefore(file, start))) return undefined;
  return repairOf(file, { file, start, end: entry.value.at.end }, title, isKeyLine);
}

/** The same for an item of a block list. */
export function itemRepair(item: YamlNode, title: string): Repair | undefined {
  const { file, start, end } = item.at;
  if (!/^[ \t]*-[ \t]+$/.test(textBefore(file, start))) return undefined;
  return repairOf(file, { file, start, end }, title, isItemLine);
}

function repairOf(
  file: SourceFile,
  span: Span,
  title: string,
  isSibling: (line: string, indent: number) => boolean,
): Repair | undefined {
  const first = file.positionOf(span.start).line;
  const end = span.start + file.text.slice(span.start, span.end).trimEnd().length;
  const last = file.positionOf(Math.max(span.start, end - 1)).line;
  const lines = Array.from({ length: last - first + 1 }, (_, index) =>
    file.lineText(first + index),
  );
  const rest = file.text.slice(end, file.lineStart(last) + file.lineText(last).length);
  // A comment is somebody's word, and a `#` that is none is rare enough to leave the line to a person.
  if (rest.trim() !== "" || lines.some((line) => line.includes("#"))) return undefined;
  const indent = (lines[0] ?? "").search(/\S/);
  if (!hasSibling(file, first, last, indent, isSibling)) return undefined;
  const at = { file, start: file.lineStart(first), end: file.lineStart(last + 1) };
  return { title, edits: [{ at, text: "" }] };
}

/** Without another entry the map would be empty, which YAML reads as null. */
function hasSibling(
  file: SourceFile,
  first: number,
  last: number,
  indent: number,
  isSibling: (line: string, indent: number) => boolean,
): boolean {
  return [-1, 1].some((step) => {
    const count = file.positionOf(file.text.length).line;
    for (let at = step < 0 ? first - 1 : last + 1; at >= 1 && at <= count; at += step) {
      const line = file.lineText(at);
      const depth = line.search(/\S/);
      if (depth === -1 || line.trimStart().startsWith("#") || depth > indent) continue;
      return depth === indent && isSibling(line, indent);
    }
    return false;
  });
}

function isKeyLine(line: string, indent: number): boolean {
  return line[indent] !== "-";
}

function isItemLine(line: string, indent: number): boolean {
  return line[indent] === "-";
}

function textBefore(file: SourceFile, offset: number): string {
  return file.text.slice(file.lineStart(file.positionOf(offset).line), offset);
}

import type { DiagnosticFix, TextEdit } from "../diagnostics/diagnostic.ts";
import { SourceFile } from "../yaml/source.ts";

/** Of several fixes those that do not touch what one before them replaces. Equal edits of two fixes are made once. */
export function compatibleFixes<Carrier extends { readonly fix: DiagnosticFix }>(
  carriers: readonly Carrier[],
): readonly Carrier[] {
  const taken: TextEdit[] = [];
  return carriers.filter(({ fix }) => {
    const collides = fix.edits.some((edit) => taken.some((other) => overlaps(edit, other)));
    if (!collides) taken.push(...fix.edits);
    return !collides;
  });
}

function overlaps(a: TextEdit, b: TextEdit): boolean {
  if (a.file !== b.file) return false;
  return !isBefore(a, b) && !isBefore(b, a);
}

function isBefore(a: TextEdit, b: TextEdit): boolean {
  return a.endLine < b.line || (a.endLine === b.line && a.endColumn <= b.column);
}

/** A text after edits that do not overlap. What they do not name stays as it is, byte for byte. */
export function applyEdits(path: string, text: string, edits: readonly TextEdit[]): string {
  const file = new SourceFile(path, text);
  const offset = (line: number, column: number): number => file.lineStart(line) + column - 1;
  const placed = edits
    .filter((edit) => edit.file === path)
    .map((edit) => ({
      start: offset(edit.line, edit.column),
      end: offset(edit.endLine, edit.endColumn),
      text: edit.text,
    }))
    .sort((a, b) => b.start - a.start);
  return placed.reduce(
    (whole, { start, end, text: replacement }) =>
      `${whole.slice(0, start)}${replacement}${whole.slice(end)}`,
    text,
  );
}

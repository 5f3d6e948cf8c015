import type { Diagnostic } from "./diagnostic.ts";

/** How {@link formatDiagnostic} renders. */
export interface FormatOptions {
  /** Whether to colour with ANSI sequences. Default: false. */
  readonly colour?: boolean;
}

/**
 * A diagnostic as people like to read it: place, message, source line with a caret, hint.
 *
 * @example
 * ```ts
 * import { compilePolicy, formatDiagnostic } from "@interlatch/policy";
 * const result = await compilePolicy({ files: [{ path: "policy.yaml", text: "interlatch: 1\nid: x\nrulez: []\n" }] });
 * if (!result.ok) console.error(result.errors.map((error) => formatDiagnostic(error)).join("\n\n"));
 * ```
 */
export function formatDiagnostic(diagnostic: Diagnostic, options: FormatOptions = {}): string {
  const paint = options.colour === true ? ansi : plain;
  const { severity, code, message, file, line, column, hint, excerpt } = diagnostic;
  const view = viewOf(excerpt, column);
  const tone = severity === "error" ? "red" : "yellow";
  const gutter = String(line);
  const blank = " ".repeat(gutter.length);
  const bar = paint("dim", "|");
  const lines = [
    `${paint("bold", `${file}:${line}:${column}`)} ${paint(tone, severity)} ${paint("dim", code)}`,
    `  ${message}`,
    `  ${paint("dim", gutter)} ${bar} ${printable(view.text)}`,
  ];
  if (column - 1 <= excerpt.length) {
    lines.push(`  ${blank} ${bar} ${indent(view)}${paint(tone, underline(diagnostic, view))}`);
  }
  if (hint !== undefined)
    lines.push(`  ${paint("cyan", "hint:")} ${hint.replaceAll("\n", "\n        ")}`);
  return lines.join("\n");
}

type Tone = "red" | "yellow" | "cyan" | "bold" | "dim";
const CODES: Readonly<Record<Tone, string>> = {
  red: "31",
  yellow: "33",
  cyan: "36",
  bold: "1",
  dim: "2",
};

function ansi(tone: Tone, text: string): string {
  return `\u001b[${CODES[tone]}m${text}\u001b[0m`;
}

function plain(_tone: Tone, text: string): string {
  return text;
}

/** Control characters in a policy could rewrite the terminal of the person who reviews it. */
function printable(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    "\ufffd",
  );
}

/** The part of a line that is shown, and the column (from 0) of the caret in it. */
interface View {
  readonly text: string;
  readonly caret: number;
}

const WIDTH = 120;

/** A long line is shown around the place that is meant. */
function viewOf(line: string, column: number): View {
  if (line.length <= WIDTH) return { text: line, caret: column - 1 };
  const start = Math.max(0, Math.min(column - 1 - WIDTH / 2, line.length - WIDTH));
  const end = start + WIDTH;
  const before = start > 0 ? "..." : "";
  const after = end < line.length ? "..." : "";
  return {
    text: `${before}${line.slice(start, end)}${after}`,
    caret: column - 1 - start + before.length,
  };
}

/** Blanks up to the caret; tabs stay tabs, so that it stands under its character. */
function indent({ text, caret }: View): string {
  return text.slice(0, caret).replace(/[^\t]/g, " ");
}

function underline(
  { line, column, endLine, endColumn }: Diagnostic,
  { text, caret }: View,
): string {
  if (endColumn === undefined || (endLine !== undefined && endLine !== line)) return "^";
  return "^".repeat(Math.max(1, Math.min(endColumn - column, text.length - caret)));
}

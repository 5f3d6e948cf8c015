import type { Span } from "./source.ts";
import type { YamlScalar } from "./tree.ts";

/**
 * Where a stretch of a scalar's value stands in the file. Quoting, escapes, folding and indentation put
 * value and source out of step; this walks both side by side. The line is always right; inside a
 * folded run of blanks the column is that of its first blank.
 */
export function spanInScalar(scalar: YamlScalar, start: number, end: number): Span {
  const { file } = scalar.at;
  if (typeof scalar.value !== "string") return scalar.at;
  const source = file.text.slice(scalar.at.start, scalar.at.end);
  const first = offsetOf(scalar.value, source, scalar.style, start);
  const last = offsetOf(scalar.value, source, scalar.style, Math.max(start, end - 1));
  const from = scalar.at.start + first;
  return { file, start: from, end: Math.max(from, scalar.at.start + last + (end > start ? 1 : 0)) };
}

/** The index in the source of the character of the value at `index`. */
function offsetOf(
  value: string,
  source: string,
  style: YamlScalar["style"],
  index: number,
): number {
  let from = firstContent(source, style);
  let at = 0;
  while (at < index && from < source.length) {
    const written = source[from] ?? "";
    const held = value[at] ?? "";
    if (style === "double" && written === "\\") {
      const { length, units } = escapeAt(source, from);
      from += length;
      at += units;
    } else if (style === "single" && written === "'" && source[from + 1] === "'") {
      from += 2;
      at += 1;
    } else if (written === held && !isBlank(written)) {
      from += 1;
      at += 1;
    } else if (isBlank(held) && isBlank(written)) {
      const run = /^[ \t\r\n]*/.exec(source.slice(from))?.[0] ?? "";
      const folded = run.includes("\n");
      from += folded ? run.length : 1;
      at += folded ? blanksFrom(value, at) : 1;
    } else if (isBlank(written)) {
      from += 1;
    } else {
      at += 1;
    }
  }
  return skipIndent(source, from, value[index] ?? "", style);
}

function firstContent(source: string, style: YamlScalar["style"]): number {
  if (style === "plain") return 0;
  if (style !== "block") return 1;
  const headerEnd = source.indexOf("\n") + 1;
  return headerEnd + (/^[ \r\n]*/.exec(source.slice(headerEnd))?.[0].length ?? 0);
}

/** Past what stands before a sign in the source and not in the value: indentation, and escaped line breaks. */
function skipIndent(
  source: string,
  from: number,
  wanted: string,
  style: YamlScalar["style"],
): number {
  let at = from;
  while (!isBlank(wanted)) {
    if (isBlank(source[at] ?? "")) at++;
    else if (style === "double" && /^\\[\r\n]/.test(source.slice(at, at + 2)))
      at += escapeAt(source, at).length;
    else break;
  }
  return at;
}

function isBlank(sign: string): boolean {
  return sign === " " || sign === "\t" || sign === "\n" || sign === "\r";
}

function blanksFrom(value: string, at: number): number {
  let end = at;
  while (isBlank(value[end] ?? "")) end++;
  return end - at;
}

const LONG_ESCAPES: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** How long an escape of a double-quoted scalar is, and how many UTF-16 units it stands for. */
function escapeAt(
  source: string,
  from: number,
): { readonly length: number; readonly units: number } {
  const sign = source[from + 1] ?? "";
  if (sign === "\n" || sign === "\r") {
    return { length: 1 + (/^[ \t\r\n]*/.exec(source.slice(from + 1))?.[0].length ?? 0), units: 0 };
  }
  const digits = LONG_ESCAPES[sign] ?? 0;
  const wide = digits === 8 && Number.parseInt(source.slice(from + 2, from + 10), 16) > 0xffff;
  return { length: 2 + digits, units: wide ? 2 : 1 };
}

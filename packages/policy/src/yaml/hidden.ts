import type { Reporter } from "../diagnostics/reporter.ts";
import { YAML_LIMITS } from "./limits.ts";
import type { SourceFile } from "./source.ts";

/**
 * Signs that a reader of a file does not see, or that make him see another text than the one that is run: controls,
 * line ends that only some readers know, changes of direction, and what has no width. Joiners and variation selectors
 * may follow a sign that is not ASCII, where they belong to a script or to an emoji, and a variation selector a digit
 * that becomes a keycap.
 *
 * Source: "Trojan Source" (Boucher, Anderson, 2021); Unicode Technical Report #36.
 */
const HIDDEN =
  /\r(?!\n)|[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\p{Zl}\p{Zp}\p{Bidi_Control}\ufff9-\ufffb\ufffe\uffff]|(?![\u200c\u200d\p{Variation_Selector}])\p{Default_Ignorable_Code_Point}|(?<=[\0-\x7f])(?:[\u200c\u200d]|(?!\ufe0f\u20e3)\p{Variation_Selector})/gu;

/** What of it a text between quotes cannot show: line breaks as well, which would be folded. */
const UNWRITABLE = new RegExp(`[\\r\\n]|${HIDDEN.source}`, "gu");

/** Whether a text stands in a file as it is, on one line, and is seen whole. */
export function isSeen(text: string): boolean {
  return text.search(UNWRITABLE) === -1;
}

/** The text in double quotes, with an escape for each sign that would not be seen. YAML reads it as the text. */
export function inDoubleQuotes(text: string): string {
  return escapeHidden(JSON.stringify(text));
}

/** JSON on one line, with an escape for each sign in its texts that would not be seen. */
export function escapeHidden(json: string): string {
  return json.replace(UNWRITABLE, escapeOf);
}

function escapeOf(sign: string): string {
  const digits = codeOf(sign).toString(16);
  return digits.length > 4 ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

/** The text with something seen in place of each sign that is not: for comments, which know no escapes. */
export function withoutHidden(text: string, instead: string): string {
  return text.replace(UNWRITABLE, instead);
}

/**
 * Reports every sign that hides something, in quotes and comments too: a rule that reads as a comment, or a comment
 * that reads as a rule, would pass a review. A text that is meant to hold one says so by an escape.
 *
 * @returns whether there was one; the file is then not to be read on
 */
export function refuseHidden(file: SourceFile, reporter: Reporter): boolean {
  let found = 0;
  // A mark of the byte order may stand where the file begins.
  const from = file.text.startsWith("\ufeff") ? 1 : 0;
  for (const match of file.text.matchAll(HIDDEN)) {
    const [sign] = match;
    const start = match.index;
    if (start < from) continue;
    if (++found > YAML_LIMITS.syntaxErrors) break;
    reporter.error({
      code: "hidden_sign",
      at: { file, start, end: start + sign.length },
      message: `${nameOf(sign)} ${effectOf(sign)}.`,
      hint:
        sign === "\r"
          ? "End lines with a line feed, or with a carriage return and a line feed."
          : `Remove it. A text that must hold it says so in double quotes: "${escapeOf(sign)}".`,
    });
  }
  return found > 0;
}

/** `U+202E`. */
export function nameOf(sign: string): string {
  return `U+${codeOf(sign).toString(16).toUpperCase().padStart(4, "0")}`;
}

function codeOf(sign: string): number {
  return sign.codePointAt(0) ?? 0;
}

function effectOf(sign: string): string {
  if (/[\r\v\f\x85\p{Zl}\p{Zp}]/u.test(sign))
    return "ends a line for some readers and not for others, so that two of them read two files";
  if (/\p{Bidi_Control}/u.test(sign))
    return "changes the direction in which the text around it is shown, so that another text is seen than is run";
  return "is not seen, so that another text is seen than is run";
}

import { INVISIBLE } from "./invisible.ts";
import { isInstruction, readable } from "./instructions.ts";

/**
 * Elements that are written for a model and hide from a person: comments, and blocks such as `<IMPORTANT>`. Each
 * quantifier is bounded or stops at the next `<`, so that the time is linear in the text.
 */
const OPENING =
  /<!--|<\s{0,3}(important|system|instructions?|critical|secret|hidden|admin|override|assistant|developer|prompt)\b[^<>]{0,200}>/i;

/**
 * A description without what is written for the model alone: invisible characters, HTML comments, blocks such as
 * `<IMPORTANT>…</IMPORTANT>`, and every sentence that gives the model instructions. What is left stays as it was.
 */
export function cleanText(text: string): string {
  const visible = text.replace(INVISIBLE, "");
  const open = withoutBlocks(visible);
  // A block that only shows once its disguise is off cannot be cut out by its place.
  if (OPENING.test(readable(open))) return "";
  const sentences = sentencesOf(open);
  const kept = sentences.filter((sentence) => !isInstruction(sentence));
  // Split over several sentences it is still one instruction; which of them to drop cannot be told.
  if (kept.length === sentences.length) return isInstruction(open) ? "" : trimmed(open, text);
  const rest = kept.join("");
  return isInstruction(rest) ? "" : rest.trim();
}

function trimmed(open: string, before: string): string {
  return open === before ? before : open.trim();
}

/** Each block to its end; one without an end to the end of the text. */
function withoutBlocks(text: string): string {
  let kept = "";
  let rest = text;
  for (;;) {
    const found = OPENING.exec(rest);
    if (found === null) return kept + rest;
    kept += rest.slice(0, found.index);
    const inside = rest.slice(found.index + found[0].length);
    // Of the same element: another one inside it ends nothing.
    const [, element] = found;
    const end = element === undefined ? /-->/.exec(inside) : closingOf(element).exec(inside);
    if (end === null) return kept;
    rest = inside.slice(end.index + end[0].length);
  }
}

function closingOf(element: string): RegExp {
  return new RegExp(`</\\s{0,3}${element}\\b[^<>]{0,200}>`, "i");
}

/** Sentences and lines; put together they are the text. */
function sentencesOf(text: string): readonly string[] {
  const sentences: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const ends =
      text[index] === "\n" ||
      (/[.!?。！？;]/.test(text[index] ?? "") && /^\s?$/.test(text[index + 1] ?? ""));
    if (!ends) continue;
    sentences.push(text.slice(start, index + 1));
    start = index + 1;
  }
  if (start < text.length) sentences.push(text.slice(start));
  return sentences;
}

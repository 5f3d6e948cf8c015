/** What an assertion can ask about a place in a text; the bits RE2 uses. */
export const BEGIN_LINE = 1;
export const END_LINE = 2;
export const BEGIN_TEXT = 4;
export const END_TEXT = 8;
export const WORD_BOUNDARY = 16;
export const NO_WORD_BOUNDARY = 32;

/** What is known of a place from the character before it alone. */
export const BEGINNINGS: number = BEGIN_LINE | BEGIN_TEXT;

/** Kinds of characters, as far as assertions tell them apart; `EDGE` is the start or the end of the text. */
export const EDGE = 0;
export const NEWLINE = 1;
export const WORD = 2;
export const OTHER = 3;

/** The kind of a code point. Word characters are ASCII letters, digits and `_`, as in RE2. */
export function kindOf(rune: number): number {
  if (rune === 10) return NEWLINE;
  const letter = rune | 32;
  const isWord =
    (letter >= 97 && letter <= 122 && rune < 128) || (rune >= 48 && rune <= 57) || rune === 95;
  return isWord ? WORD : OTHER;
}

/** Which beginnings hold behind a character of this kind. */
export function beginningsAfter(before: number): number {
  if (before === EDGE) return BEGIN_LINE | BEGIN_TEXT;
  return before === NEWLINE ? BEGIN_LINE : 0;
}

/** Everything that holds between two characters of these kinds. */
export function contextOf(before: number, after: number): number {
  const ends = after === EDGE ? END_LINE | END_TEXT : after === NEWLINE ? END_LINE : 0;
  const boundary = (before === WORD) === (after === WORD) ? NO_WORD_BOUNDARY : WORD_BOUNDARY;
  return beginningsAfter(before) | ends | boundary;
}

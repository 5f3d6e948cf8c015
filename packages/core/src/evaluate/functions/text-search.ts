/** Up to here the native search stays linear; beyond, V8 keeps tables for the last 250 characters only. */
const NATIVE_LIMIT = 128;

/**
 * Whether a text holds another, in time linear in both. The native search degrades to text × part for long
 * parts (`"b" + "a" × 500,000` in a megabyte of `a` takes minutes), and both may come from a model.
 *
 * Long parts are searched by Knuth, Morris, Pratt, "Fast Pattern Matching in Strings", 1977.
 */
export function containsText(text: string, part: string): boolean {
  if (part.length <= NATIVE_LIMIT) return text.includes(part);
  if (part.length > text.length) return false;
  const borders = bordersOf(part);
  let matched = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    while (matched > 0 && part.charCodeAt(matched) !== unit) matched = borders[matched - 1]!; // in range
    if (part.charCodeAt(matched) === unit) matched++;
    if (matched === part.length) return true;
  }
  return false;
}

/** For each prefix, the length of its longest border: a proper prefix that is also its suffix. */
function bordersOf(part: string): Int32Array {
  const borders = new Int32Array(part.length);
  let matched = 0;
  for (let index = 1; index < part.length; index++) {
    const unit = part.charCodeAt(index);
    while (matched > 0 && part.charCodeAt(matched) !== unit) matched = borders[matched - 1]!; // in range
    if (part.charCodeAt(matched) === unit) matched++;
    borders[index] = matched;
  }
  return borders;
}

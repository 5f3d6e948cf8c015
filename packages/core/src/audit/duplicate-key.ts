/**
 * Whether a name stands twice in one object of a JSON text. `JSON.parse` keeps the last without a word,
 * other readers keep the first: one line could then show an auditor something else than the verifier.
 *
 * @param json - a text that `JSON.parse` accepts; names are compared unescaped
 */
export function hasDuplicateKey(json: string): boolean {
  /** The names of each object that is open; `null` for an array. */
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(null);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = stringEnd(json, at);
      const names = open.at(-1);
      if (names && isName(json, end)) {
        // One JSON string, quotes included.
        const name = JSON.parse(json.slice(at, end)) as string;
        if (names.has(name)) return true;
        names.add(name);
      }
      at = end - 1;
    }
  }
  return false;
}

/** Where the string that begins at `start` is over. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

function isName(json: string, end: number): boolean {
  let at = end;
  while (/\s/.test(json.charAt(at))) at += 1;
  return json[at] === ":";
}

/** What a stand-in stands for: a literal, or the name of a field that is no identifier. */
export type StandIn =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "literal"; readonly value: number | string | Uint8Array };

/** A text that the parser takes, and what its stand-ins mean by their offset. */
export interface Prepared {
  readonly text: string;
  readonly standIns: ReadonlyMap<number, StandIn>;
}

/** A comment, the beginning of a text, a name between backticks behind a dot, a number that begins with its dot. */
const TOKENS =
  /\/\/[^\n]*|(?:(?<!\w)(?<raw>[bB]?[rR]|[rR][bB]))?(?<quote>"""|'''|["'])|(?<=\.\s*)`(?<name>[A-Za-z0-9_.\-/ ]+)`|(?<![\w)\]}"'`.]\s*)\.\d+(?:[eE][+-]?\d+)?(?![\w.])/g;

/**
 * Writes what the parser does not know, or not as CEL says, as identifiers of the same length, so that every offset
 * stays: `` headers.`content-type` ``, `.5`, and raw texts, in which it takes `\"` for an escaped quote.
 */
export function prepare(text: string): Prepared {
  const standIns = new Map<number, StandIn>();
  let made = "";
  let kept = 0;
  TOKENS.lastIndex = 0;
  for (let match = TOKENS.exec(text); match !== null; match = TOKENS.exec(text)) {
    const { raw, quote, name } = match.groups ?? {};
    if (quote !== undefined) {
      const end = endOfText(text, TOKENS.lastIndex, quote, raw !== undefined);
      if (raw !== undefined && end !== undefined) {
        const value = text.slice(TOKENS.lastIndex, end - quote.length);
        // What bytes say does not matter: they are refused.
        const isBytes = /b/i.test(raw);
        standIns.set(match.index, { kind: "literal", value: isBytes ? new Uint8Array() : value });
      }
      TOKENS.lastIndex = end ?? text.length;
    } else if (name !== undefined) {
      standIns.set(match.index, { kind: "field", name });
    } else if (match[0].startsWith(".")) {
      standIns.set(match.index, { kind: "literal", value: Number(match[0]) });
    }
    if (!standIns.has(match.index)) continue;
    made += text.slice(kept, match.index) + "_".repeat(TOKENS.lastIndex - match.index);
    kept = TOKENS.lastIndex;
  }
  return { text: made + text.slice(kept), standIns };
}

/** The offset behind a text whose content begins at `from`; `undefined` where it has no end. */
function endOfText(text: string, from: number, quote: string, isRaw: boolean): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith(quote, at)) return at + quote.length;
    if (quote.length === 1 && /[\r\n]/.test(text.charAt(at))) return undefined;
    if (text[at] === "\\" && !isRaw) at += 1;
  }
  return undefined;
}

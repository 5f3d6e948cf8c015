/** Samples are hints for a search: what does not fit its pattern finds nothing, and harms nothing. */
const MOST_SAMPLES = 6;
const MOST_REPEATS = 64;

/**
 * Texts that an RE2 pattern likely matches, a few for each of its alternatives. Anchors and flags are passed over;
 * a class gives its first character, a repetition its smallest number.
 */
export function samplesOfPattern(pattern: string): readonly string[] {
  try {
    return [...new Set(new Sampler(pattern.replace(/^\(\?[a-zA-Z]+\)/, "")).alternatives())].slice(
      0,
      MOST_SAMPLES,
    );
  } catch {
    // A pattern of a form that this reads not gives no hint.
    return [];
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  d: "0",
  w: "a",
  s: " ",
  D: "a",
  W: "-",
  S: "a",
};
const CONTROLS: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f" };
const NOTHING = "AbBzZ";

class Sampler {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  alternatives(): readonly string[] {
    const all: string[] = [];
    for (;;) {
      all.push(...this.#sequence());
      if (this.#peek() !== "|") return all;
      this.#at += 1;
    }
  }

  #peek(): string | undefined {
    return this.#pattern[this.#at];
  }

  #take(): string {
    const character = this.#pattern[this.#at];
    if (character === undefined) throw new RangeError("the pattern ends early");
    this.#at += 1;
    return character;
  }

  #sequence(): readonly string[] {
    let texts: readonly string[] = [""];
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")";) {
      const pieces = this.#repeated(this.#atom());
      texts = texts.flatMap((text) => pieces.map((piece) => text + piece)).slice(0, MOST_SAMPLES);
      next = this.#peek();
    }
    return texts;
  }

  #atom(): readonly string[] {
    const character = this.#take();
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return [this.#set()];
      case "\\":
        return [this.#escape()];
      case "^":
      case "$":
        return [""];
      case ".":
        return ["x"];
      default:
        return [character];
    }
  }

  #group(): readonly string[] {
    const prefix = /^\?(?:P?<\w+>|[a-zA-Z-]*:)/.exec(this.#pattern.slice(this.#at));
    this.#at += prefix?.[0].length ?? 0;
    const inside = this.alternatives();
    this.#take();
    return inside;
  }

  #set(): string {
    const end = this.#pattern.indexOf("]", this.#at + 1);
    const inside = this.#pattern.slice(this.#at, end);
    if (end < 0) throw new RangeError("the set ends early");
    this.#at = end + 1;
    if (inside.startsWith("^")) {
      return ["x", "X", "0", " ", "-", "~"].find((one) => !holds(inside.slice(1), one)) ?? "x";
    }
    return inside.startsWith("\\")
      ? (CLASSES[inside[1] ?? ""] ?? inside[1] ?? "")
      : (inside[0] ?? "");
  }

  #escape(): string {
    const character = this.#take();
    if (NOTHING.includes(character)) return "";
    return CLASSES[character] ?? CONTROLS[character] ?? character;
  }

  #repeated(pieces: readonly string[]): readonly string[] {
    const found = /^(?:([*+?])|\{(\d+)(?:,\d*)?\})\??/.exec(this.#pattern.slice(this.#at));
    if (found === null) return pieces;
    this.#at += found[0].length;
    const [, mark, number] = found;
    const least = number === undefined ? (mark === "+" ? 1 : 0) : Number(number);
    if (least > MOST_REPEATS) return [];
    const some = least === 0 ? ["", ...pieces] : pieces.map((piece) => piece.repeat(least));
    return some;
  }
}

/** Whether a set of characters and ranges holds a character. */
function holds(set: string, character: string): boolean {
  for (const [, first = "", last = first] of set.matchAll(/([^])(?:-([^]))?/g)) {
    if (first <= character && character <= last) return true;
  }
  return false;
}

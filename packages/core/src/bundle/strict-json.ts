import { InterlatchError } from "../errors/errors.ts";

/** Bounds on one document. */
export interface JsonLimits {
  /** Bytes of the whole document. */
  readonly bytes: number;
  /** Objects and lists within each other. */
  readonly depth: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Reads one JSON document (RFC 8259) so strictly that every reader sees the same value in it: UTF-8 without
 * faults or byte order mark, no key twice in an object (written either way), no key `__proto__`, no integer beyond
 * ±(2^53−1), no half of a surrogate pair, nothing after the document.
 *
 * The platform's parser does the work; it is fast and well tested, and hides only what is checked around it.
 * A first pass over the bytes bounds the nesting before anything is built, and counts the members of all
 * objects. The parser keeps one of two equal keys: when fewer members came out than stand in the text, a key stood twice.
 *
 * @param bytes - nobody may change them meanwhile
 * @throws ERR_BUNDLE_TOO_LARGE too many bytes, nested too deep
 * @throws ERR_BUNDLE_ENCODING not UTF-8, a byte order mark, half of a surrogate pair
 * @throws ERR_BUNDLE_DUPLICATE_KEY
 * @throws ERR_BUNDLE_FORMAT everything else
 */
export function parseStrictJson(bytes: Uint8Array, limits: JsonLimits): unknown {
  if (bytes.length > limits.bytes) {
    throw new InterlatchError(
      "ERR_BUNDLE_TOO_LARGE",
      `The document has ${bytes.length} bytes; at most ${limits.bytes} are read.`,
    );
  }
  const members = scan(bytes, limits.depth);
  const text = decode(bytes);
  const walk: Walk = { members: 0, escapes: text.includes("\\u"), isLarge: false };
  const value = parse(text);
  visit(value, walk);
  if (walk.isLarge) refuseInexact(text);
  if (walk.members !== members) {
    throw new InterlatchError("ERR_BUNDLE_DUPLICATE_KEY", "A key stands twice in one object.");
  }
  return value;
}

/**
 * Bounds the nesting and counts the colons outside of texts, which in valid JSON is the number of members.
 * Where the bytes are no valid JSON the count means nothing; the parser then refuses them.
 */
function scan(bytes: Uint8Array, maxDepth: number): number {
  const end = bytes.length;
  let depth = 0;
  let members = 0;
  for (let index = 0; index < end; index += 1) {
    switch (bytes[index] ?? 0) {
      case QUOTE:
        index = endOfText(bytes, index + 1);
        break;
      case COLON:
        members += 1;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth += 1;
        if (depth > maxDepth) {
          throw new InterlatchError(
            "ERR_BUNDLE_TOO_LARGE",
            `The document is nested deeper than ${maxDepth}.`,
          );
        }
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      default:
    }
  }
  return members;
}

/** Beyond this many bytes the platform's search is quicker than a loop; the payload in an envelope is one long text. */
const LONG_TEXT = 64;

/** The index of the quote that ends a text. No byte of a longer UTF-8 sequence can be taken for a quote. */
function endOfText(bytes: Uint8Array, start: number): number {
  let index = start;
  const near = Math.min(start + LONG_TEXT, bytes.length);
  while (index < near) {
    const byte = bytes[index];
    if (byte === QUOTE) return index;
    index += byte === BACKSLASH ? 2 : 1;
  }
  return endOfLongText(bytes, index);
}

/** As {@link endOfText}, from the first byte of a character on. */
function endOfLongText(bytes: Uint8Array, start: number): number {
  let quote = bytes.indexOf(QUOTE, start);
  while (quote >= 0) {
    let escapes = 0;
    while (quote - escapes > start && bytes[quote - escapes - 1] === BACKSLASH) escapes += 1;
    // An odd backslash escapes the quote; pairs of them are backslashes.
    if (escapes % 2 === 0) return quote;
    quote = bytes.indexOf(QUOTE, quote + 1);
  }
  return bytes.length;
}

function decode(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InterlatchError("ERR_BUNDLE_ENCODING", "The document is not UTF-8.", { cause });
  }
  if (text.startsWith("\u{feff}")) {
    throw new InterlatchError("ERR_BUNDLE_ENCODING", "The document begins with a byte order mark.");
  }
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InterlatchError("ERR_BUNDLE_FORMAT", "The document is not one JSON value.", {
      cause,
    });
  }
}

interface Walk {
  members: number;
  /** Whether the text holds escapes at all; only they can make half of a surrogate pair. */
  readonly escapes: boolean;
  /** Whether a number lies beyond ±(2^53−1). */
  isLarge: boolean;
}

/** Counts members and looks at every key, number and text. The nesting is bounded by now. */
function visit(value: unknown, walk: Walk): void {
  if (typeof value === "string") {
    if (walk.escapes) refuseLoneSurrogate(value);
  } else if (typeof value === "number") {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) walk.isLarge = true;
  } else if (Array.isArray(value)) {
    for (const item of value) visit(item, walk);
  } else if (typeof value === "object" && value !== null) {
    visitMembers(value, walk);
  }
}

function visitMembers(object: object, walk: Walk): void {
  const keys = Object.keys(object);
  walk.members += keys.length;
  // Straight from the parser: a plain object, every key of which is an own one.
  const source = object as { readonly [key: string]: unknown };
  for (const key of keys) {
    if (key === "__proto__") {
      throw new InterlatchError("ERR_BUNDLE_FORMAT", "__proto__ is not allowed as a key.");
    }
    if (walk.escapes) refuseLoneSurrogate(key);
    visit(source[key], walk);
  }
}

/** Texts, so that digits in them are passed over, and numbers that may be too large. */
const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * 2^53 and 2^53+1 are one number to JavaScript and two to other readers; 1e999 is no number at all. A large number
 * with a fraction or an exponent is the same floating-point number to everybody.
 */
function refuseInexact(text: string): void {
  for (const [token] of text.matchAll(TEXT_OR_NUMBER)) {
    if (token.startsWith('"')) continue;
    const value = Math.abs(Number(token));
    if (value > Number.MAX_SAFE_INTEGER && (value === Infinity || !/[.eE]/.test(token))) {
      throw new InterlatchError("ERR_BUNDLE_FORMAT", "An integer lies beyond ±(2^53−1).");
    }
  }
}

function refuseLoneSurrogate(text: string): void {
  if (/\p{Surrogate}/u.test(text)) {
    throw new InterlatchError("ERR_BUNDLE_ENCODING", "A text holds half of a surrogate pair.");
  }
}

import { ARGUMENT_LIMITS } from "./limits.ts";
import { ownImage, specialText, type Special } from "./special.ts";
import type { Json, JsonObject } from "./json.ts";

/**
 * The prototype of every object in an image: empty and frozen, so that nothing is inherited. A constructor
 * with an empty prototype keeps objects in the engine's fast mode, which a plain null prototype does not.
 */
function Image(): void {}
Image.prototype = Object.freeze(Object.create(null));
// A function used with `new` has no construct signature in TypeScript; this one takes nothing.
const ImageObject = Image as unknown as new () => Record<string, Json>;

/** An empty object that inherits nothing, ready to be filled and frozen. */
export function emptyImage(): Record<string, Json> {
  return new ImageObject();
}

/** The image of arguments that could not be read. */
export const NO_ARGUMENTS: JsonObject = Object.freeze(emptyImage());

/** What a call's arguments were when they were read, once, before anything was decided. */
export interface Snapshot {
  /** Frozen JSON: what rules, reviewers, the digest and the record see. */
  readonly image: JsonObject;
  /** Values that JSON has no form for, by the container in the image and the key there. */
  readonly specials: ReadonlyMap<object, ReadonlyMap<string, Special>> | null;
  /** About how many characters the arguments have, see {@link ARGUMENT_LIMITS}. */
  readonly size: number;
}

/** Why arguments could not be read. */
export type SnapshotFault = "arguments_not_json" | "arguments_too_large";

/**
 * Reads arguments into a frozen image, each property once, so that a getter, a proxy or a later change
 * of the original cannot show one value to the rules and another to the tool.
 *
 * `undefined` properties are dropped, as JSON does; -0 becomes 0; texts must be well-formed UTF-16.
 * Dates, URLs, bigints and byte arrays have a fixed image; all else that is not JSON is a fault, as are
 * arguments that are no object. Bounds: {@link ARGUMENT_LIMITS}.
 */
export function takeSnapshot(value: unknown): Snapshot | SnapshotFault {
  const reader = new Reader();
  try {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return "arguments_not_json";
    }
    const image = reader.read(value, 0);
    // A date or a URL in place of the arguments is no set of named arguments.
    if (specialText(image) !== undefined) return "arguments_not_json";
    // An object that is no array and not special was read into an image object.
    return { image: image as JsonObject, specials: reader.specials, size: reader.size };
  } catch (fault) {
    // A getter or a proxy trap that throws is no JSON either.
    return fault === TOO_LARGE ? "arguments_too_large" : "arguments_not_json";
  }
}

const TOO_LARGE = Symbol("too large");
const NOT_JSON = Symbol("not JSON");
const LARGEST_BIGINT = 1n << BigInt(ARGUMENT_LIMITS.bigintBits);

/** What a date, a URL or bytes count beside their text and the 8 of any value: they take so much longer to read. */
const SPECIAL_SIZE = 24;

class Reader {
  specials: Map<object, Map<string, Special>> | null = null;
  #nodes = 0;
  size = 0;

  read(value: unknown, depth: number): Json | Special {
    if (++this.#nodes > ARGUMENT_LIMITS.nodes) throw TOO_LARGE;
    switch (typeof value) {
      case "string":
        this.#grow(value.length);
        if (!isWellFormed(value)) throw NOT_JSON;
        return value;
      case "number":
        this.#grow(8);
        if (!Number.isFinite(value)) throw NOT_JSON;
        return value === 0 ? 0 : value;
      case "boolean":
        this.#grow(8);
        return value;
      case "bigint":
        // Before its digits are made: that takes minutes for the largest ones.
        if (value > LARGEST_BIGINT || value < -LARGEST_BIGINT) throw TOO_LARGE;
        return value;
      case "object":
        // Objects and lists count as well, but for the arguments themselves.
        if (depth > 0) this.#grow(8);
        if (value === null) return null;
        if (depth >= ARGUMENT_LIMITS.depth) throw TOO_LARGE;
        return Array.isArray(value) ? this.#list(value, depth) : this.#object(value, depth);
      case "undefined":
      case "function":
      case "symbol":
      default:
        throw NOT_JSON;
    }
  }

  #list(value: readonly unknown[], depth: number): Json {
    const length = value.length;
    if (length > ARGUMENT_LIMITS.nodes) throw TOO_LARGE;
    const items: Json[] = [];
    for (let index = 0; index < length; index++) {
      items.push(this.#place(this.read(value[index], depth + 1), items, String(index)));
    }
    return Object.freeze(items);
  }

  #object(value: object, depth: number): Json | Special {
    const prototype: unknown = Object.getPrototypeOf(value);
    const plain =
      prototype === Object.prototype ||
      prototype === null ||
      // The Object.prototype of another realm, and the images of this one.
      Object.getPrototypeOf(prototype) === null;
    if (!plain || ArrayBuffer.isView(value)) {
      const special = ownImage(value);
      if (special === undefined) throw NOT_JSON;
      this.#grow(SPECIAL_SIZE);
      if (special instanceof Uint8Array) this.#grow(special.length * 2);
      return special;
    }
    const image = emptyImage();
    for (const key of Object.keys(value)) {
      // Own enumerable keys only; the value is read once.
      const item = (value as Record<string, unknown>)[key];
      if (item === undefined) continue;
      this.#grow(key.length);
      if (!isWellFormed(key)) throw NOT_JSON;
      image[key] = this.#place(this.read(item, depth + 1), image, key);
    }
    return Object.freeze(image);
  }

  /** Notes a special value beside its container and gives its image. */
  #place(value: Json | Special, container: object, key: string): Json {
    if (typeof value !== "object" && typeof value !== "bigint") return value;
    const text = specialText(value);
    if (text === undefined) return value as Json; // not special, so JSON
    this.#grow(text.length);
    this.specials ??= new Map();
    const beside = this.specials.get(container);
    if (beside === undefined) this.specials.set(container, new Map([[key, value as Special]]));
    else beside.set(key, value as Special);
    return text;
  }

  #grow(size: number): void {
    if ((this.size += size) > ARGUMENT_LIMITS.size) throw TOO_LARGE;
  }
}

/** `String.prototype.isWellFormed` (ES2024): no lone surrogate. Two texts that differ only there would share a digest. */
function isWellFormed(text: string): boolean {
  // The library types stop at ES2023; every supported run time has the method.
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** An object of an untrusted JSON document. Only own keys are read. */
export type JsonMap = Readonly<Record<string, unknown>>;

/** Whether a value is an object and no list. */
export function isMap(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The own value of a key. */
export function own(map: JsonMap, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Characters that hide, reorder or end what is shown: nobody sees them in a review. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u115f\u1160\u3164\uffa0\u2028\u2029]/u;
const INVISIBLES = new RegExp(INVISIBLE.source, "gu");

/** Whether a reader would see something else than what stands there. */
export function hidesSomething(text: string): boolean {
  return INVISIBLE.test(text);
}

/** A text as a reader may be shown it: on lines, without what hides. */
export function visibleText(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .map((line) => line.replaceAll("\t", " ").replace(INVISIBLES, ""))
    .join("\n")
    .trim();
}

/** Whether a JSON value can stand in a policy as it is: no hidden key of an object, no number beyond what is exact. */
export function isCarried(value: unknown, depth: number): boolean {
  if (depth < 0) return false;
  switch (typeof value) {
    case "string":
      return !/\p{Surrogate}/u.test(value);
    case "number":
      return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    case "boolean":
      return true;
    default:
      break;
  }
  if (value === null) return true;
  if (Array.isArray(value)) return value.every((item) => isCarried(item, depth - 1));
  if (!isMap(value)) return false;
  const looks = new Set(Object.keys(value).map((key) => key.normalize("NFKC")));
  return (
    looks.size === Object.keys(value).length &&
    Object.entries(value).every(([key, item]) => isCarriedKey(key) && isCarried(item, depth - 1))
  );
}

/** Whether a text can be a key in a policy, and a reader sees which. */
export function isCarriedKey(key: string): boolean {
  return key !== "__proto__" && key.length <= 1_024 && !hidesSomething(key);
}

/** A step of a JSON Pointer (RFC 6901). */
export function step(key: string | number): string {
  return `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

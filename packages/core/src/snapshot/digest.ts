import { sha256Hex } from "./hash.ts";
import type { Json, JsonObject } from "./json.ts";

/**
 * Canonical JSON (RFC 8785, JCS): keys sorted by UTF-16 code units, numbers and texts as ECMAScript writes
 * them. The input is a snapshot's image, so it holds no NaN, no infinity and no lone surrogate.
 */
export function canonicalJson(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    let text = "[";
    for (let index = 0; index < value.length; index++) {
      // `Array.isArray` does not narrow readonly arrays.
      text += (index === 0 ? "" : ",") + canonicalJson((value as readonly Json[])[index] ?? null);
    }
    return `${text}]`;
  }
  const object = value as JsonObject;
  let text = "{";
  for (const key of Object.keys(object).sort()) {
    text += `${text === "{" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(object[key] ?? null)}`;
  }
  return `${text}}`;
}

/** The canonical JSON of one call's content: `{"arguments":…,"tool":…}`. */
export function callContent(tool: string, args: JsonObject): string {
  return `{"arguments":${canonicalJson(args)},"tool":${JSON.stringify(tool)}}`;
}

/**
 * The name of one call's content: SHA-256, in hexadecimal, of the canonical JSON of tool and effective
 * arguments. What was judged, shown, recorded and run carry the same.
 */
export function callDigest(tool: string, args: JsonObject): string {
  return sha256Hex(callContent(tool, args));
}

import type { Json } from "./json.ts";

/** What is not JSON and yet has a fixed image. The tool gets the value as such. */
export type Special = bigint | Date | URL | Uint8Array;

/** A private copy of a special object, or `undefined` for any other object. */
export function ownImage(value: object): Special | undefined {
  if (value instanceof Date) {
    // Through the prototype: an own `getTime` could say one thing here and another to the tool.
    const time = Date.prototype.getTime.call(value);
    return Number.isFinite(time) ? new Date(time) : undefined;
  }
  if (value instanceof URL) return new URL(value.href);
  // What is one by its inner slots, and by those alone: an iterator of its own could go on without end.
  if (ArrayBuffer.isView(value) && value instanceof Uint8Array) return new Uint8Array(value);
  return undefined;
}

/**
 * The image of a special value: ISO 8601 for a date, the address of a URL, decimal digits of a bigint,
 * standard base64 of bytes. `undefined` for anything else.
 */
export function specialText(value: Json | Special): string | undefined {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof URL) return value.href;
  if (value instanceof Uint8Array) return toBase64(value);
  return undefined;
}

/** A fresh one, so that a tool that changes its date changes nothing else. */
export function copySpecial(value: Special): Special {
  if (typeof value === "bigint") return value;
  if (value instanceof Date) return new Date(value);
  if (value instanceof URL) return new URL(value.href);
  return Uint8Array.from(value);
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

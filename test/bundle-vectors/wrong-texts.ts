import type { ErrorCode } from "@interlatch/core";
import { type Forged, signatureOf, utf8 } from "../bundle-attacks/forge.ts";
import type { BundleVector } from "./file.ts";
import { bad, changed, type Writer } from "./writer.ts";

/** Envelopes that two readers would read differently. */
export async function badTexts({ keys, signed }: Writer): Promise<readonly BundleVector[]> {
  const honest = await signed();
  const text = JSON.stringify(honest);
  const { sig } = signatureOf(honest, 0);
  // 64 bytes leave four spare bits in the digit before "==".
  const spare = { A: "B", Q: "R", g: "h", w: "x" }[sig.charAt(sig.length - 3)];
  const [open, ...rest] = utf8(text);
  const notUtf8 = Uint8Array.of(open ?? 0, 0xff, ...rest);
  const refusals: readonly (readonly [string, string, Forged | string | Uint8Array, ErrorCode])[] =
    [
      [
        "bad-jwk",
        "a signature brings its key",
        changed(honest, 0, { jwk: keys.mallory.publicJwk }),
        "ERR_BUNDLE_UNKNOWN_FIELD",
      ],
      [
        "bad-alg",
        "a signature names its algorithm",
        changed(honest, 0, { alg: "none" }),
        "ERR_BUNDLE_UNKNOWN_FIELD",
      ],
      [
        "bad-extra",
        "the envelope has a field more",
        { ...honest, note: "hello" },
        "ERR_BUNDLE_UNKNOWN_FIELD",
      ],
      [
        "bad-no-keyid",
        "a signature names no key",
        { ...honest, signatures: [{ sig } as Forged["signatures"][number]] },
        "ERR_BUNDLE_FORMAT",
      ],
      [
        "bad-padding",
        "base64 without its padding",
        changed(honest, 0, { sig: sig.replace(/=+$/, "") }),
        "ERR_BUNDLE_ENCODING",
      ],
      [
        "bad-url-alphabet",
        "base64 in the other alphabet",
        changed(honest, 0, { sig: sig.replaceAll("+", "-").replaceAll("/", "_") }),
        "ERR_BUNDLE_ENCODING",
      ],
      [
        "bad-base64-space",
        "white space in base64",
        { ...honest, payload: `${honest.payload.slice(0, 8)}\n${honest.payload.slice(8)}` },
        "ERR_BUNDLE_ENCODING",
      ],
      [
        "bad-spare-bits",
        "spare bits that are not zero",
        changed(honest, 0, { sig: `${sig.slice(0, -3)}${spare}==` }),
        "ERR_BUNDLE_ENCODING",
      ],
      [
        "bad-key-twice",
        "a key of the envelope twice",
        text.replace("{", '{"payload":"e30=",'),
        "ERR_BUNDLE_DUPLICATE_KEY",
      ],
      [
        "bad-prototype",
        "a key __proto__",
        text.replace("{", '{"__proto__":{},'),
        "ERR_BUNDLE_FORMAT",
      ],
      ["bad-second", "a second document after the first", `${text}${text}`, "ERR_BUNDLE_FORMAT"],
      ["bad-comment", "a comment", `// signed\n${text}`, "ERR_BUNDLE_FORMAT"],
      ["bad-trailing-comma", "a comma too many", text.replace(/\}$/, ",}"), "ERR_BUNDLE_FORMAT"],
      ["bad-deep", "lists in lists", "[".repeat(64), "ERR_BUNDLE_TOO_LARGE"],
      ["bad-mark", "a byte order mark", `\u{feff}${text}`, "ERR_BUNDLE_ENCODING"],
      ["bad-utf8", "a byte that is not UTF-8", notUtf8, "ERR_BUNDLE_ENCODING"],
      ["bad-empty", "nothing", "", "ERR_BUNDLE_FORMAT"],
    ];
  return refusals.map(([id, about, bundle, code]) => bad(id, about, bundle, code));
}

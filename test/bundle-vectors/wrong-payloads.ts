import type { ErrorCode } from "@interlatch/core";
import { utf8 } from "../bundle-attacks/forge.ts";
import { payload, policy } from "../bundle-attacks/host.ts";
import type { BundleVector, VectorHost } from "./file.ts";
import { bad, type Content, type Writer } from "./writer.ts";

/** Payloads that are honestly signed and are no bundle. */
export async function badPayloads({ signed }: Writer): Promise<readonly BundleVector[]> {
  const written = (before: string, after: string): string => payload().replace(before, after);
  const deep = `${'{"a":'.repeat(400)}1${"}".repeat(400)}`;
  const refusals: readonly (readonly [string, string, Content, ErrorCode])[] = [
    [
      "bad-inner-twice",
      "a key of the payload twice",
      written('"format":1,', '"format":1,"version":9,'),
      "ERR_BUNDLE_DUPLICATE_KEY",
    ],
    [
      "bad-inner-escaped",
      "a key twice, once with an escape",
      written('"format":1,', '"format":1,"\\u0076ersion":9,'),
      "ERR_BUNDLE_DUPLICATE_KEY",
    ],
    [
      "bad-inner-prototype",
      "a fact __proto__",
      written('"facts":{', '"facts":{"__proto__":{},'),
      "ERR_BUNDLE_FORMAT",
    ],
    [
      "bad-inner-utf8",
      "a payload that is not UTF-8",
      Buffer.concat([utf8(payload()), Uint8Array.of(0xff)]),
      "ERR_BUNDLE_ENCODING",
    ],
    [
      "bad-inner-mark",
      "a byte order mark in the payload",
      `\u{feff}${payload()}`,
      "ERR_BUNDLE_ENCODING",
    ],
    [
      "bad-surrogate",
      "half of a surrogate pair",
      payload({ change: "X" }).replace('"X"', '"\\ud800"'),
      "ERR_BUNDLE_ENCODING",
    ],
    [
      "bad-inner-deep",
      "a fact of 400 levels",
      written('{"desk":"emea"}', deep),
      "ERR_BUNDLE_TOO_LARGE",
    ],
    ["bad-inner-second", "a second document in the payload", `${payload()}{}`, "ERR_BUNDLE_FORMAT"],
    [
      "bad-inner-field",
      "a field that is not known",
      payload({ note: "hello" }),
      "ERR_BUNDLE_UNKNOWN_FIELD",
    ],
    ["bad-format", "another format", payload({ format: 2 }), "ERR_BUNDLE_FORMAT"],
    [
      "bad-integer",
      "an integer beyond 2^53-1",
      written('"version":7', '"version":9007199254740992'),
      "ERR_BUNDLE_FORMAT",
    ],
    [
      "bad-version-text",
      "a version that is a text",
      payload({ version: "7" }),
      "ERR_BUNDLE_VERSION",
    ],
    ["bad-version-zero", "version zero", payload({ version: 0 }), "ERR_BUNDLE_VERSION"],
    [
      "bad-version-fraction",
      "version seven and a half",
      payload({ version: 7.5 }),
      "ERR_BUNDLE_VERSION",
    ],
    ["bad-no-audience", "no audience", payload({ audience: undefined }), "ERR_BUNDLE_AUDIENCE"],
    [
      "bad-empty-audience",
      "an empty list of audiences",
      payload({ audience: [] }),
      "ERR_BUNDLE_AUDIENCE",
    ],
    [
      "bad-any-audience",
      "made for everybody",
      payload({ audience: ["prod", "*"] }),
      "ERR_BUNDLE_AUDIENCE",
    ],
    ["bad-no-end", "no end", payload({ expires: undefined }), "ERR_BUNDLE_DATES"],
    [
      "bad-date",
      "a date with a fraction",
      payload({ expires: "2026-07-01T00:00:00.000Z" }),
      "ERR_BUNDLE_DATES",
    ],
    [
      "bad-no-such-day",
      "31 June",
      payload({ expires: "2026-06-31T00:00:00Z" }),
      "ERR_BUNDLE_DATES",
    ],
    [
      "bad-backwards",
      "ends when it begins",
      payload({ expires: "2026-06-10T00:00:00Z" }),
      "ERR_BUNDLE_DATES",
    ],
    [
      "bad-lifetime",
      "lives longer than 30 days",
      payload({ expires: "2026-07-11T00:00:00Z" }),
      "ERR_BUNDLE_DATES",
    ],
    [
      "bad-engine",
      "needs newer semantics",
      payload({ engine: 9, policy: { ...policy(), engine: 9 } }),
      "ERR_BUNDLE_ENGINE",
    ],
    [
      "bad-two-engines",
      "says other semantics than its policy",
      payload({ engine: 9 }),
      "ERR_BUNDLE_ENGINE",
    ],
    [
      "bad-shadow",
      "a policy that enforces nothing",
      payload({ policy: { ...policy(), mode: "shadow" } }),
      "ERR_BUNDLE_MODE",
    ],
    [
      "bad-policy",
      "a policy with an action that is not known",
      payload({
        policy: {
          ...policy(),
          rules: [{ name: "x", tools: ["refund"], action: "permit", at: { file: "p", line: 1 } }],
        },
      }),
      "ERR_BUNDLE_POLICY",
    ],
  ];
  return Promise.all(
    refusals.map(async ([id, about, content, code]) => bad(id, about, await signed(content), code)),
  );
}

/** An honest bundle at a host that it is not for. */
export async function badPurposes({ signed }: Writer): Promise<readonly BundleVector[]> {
  const honest = await signed();
  const none = "0".repeat(64);
  const refusals: readonly (readonly [string, string, ErrorCode, Partial<VectorHost>])[] = [
    ["bad-audience", "a host of another environment", "ERR_BUNDLE_AUDIENCE", { audience: "test" }],
    ["bad-stream", "a host of another stream", "ERR_BUNDLE_STREAM", { id: "acme-support-eu" }],
    [
      "bad-ended",
      "the second in which it ends",
      "ERR_BUNDLE_EXPIRED",
      { now: "2026-07-01T00:00:00Z" },
    ],
    [
      "bad-early",
      "more than a minute before it begins",
      "ERR_BUNDLE_NOT_YET_VALID",
      { now: "2026-06-09T23:58:59Z" },
    ],
    [
      "bad-rollback",
      "the host remembers a newer one",
      "ERR_BUNDLE_ROLLBACK",
      { remembers: { version: 8, digest: none } },
    ],
    [
      "bad-replaced",
      "the host remembers another of this version",
      "ERR_BUNDLE_ROLLBACK",
      { remembers: { version: 7, digest: none } },
    ],
    ["bad-floor", "below the lowest version", "ERR_BUNDLE_ROLLBACK", { minVersion: 8 }],
    [
      "bad-host-lifetime",
      "lives longer than this host allows",
      "ERR_BUNDLE_DATES",
      { maxLifetimeDays: 7 },
    ],
  ];
  return refusals.map(([id, about, code, host]) => bad(id, about, honest, code, host));
}

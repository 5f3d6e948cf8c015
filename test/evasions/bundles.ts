import assert from "node:assert/strict";
import { isInterlatchError, memoryRollback, type ErrorCode } from "@interlatch/core";
import { built, guardOf, mustRun, signing, type Evasion } from "./evasion.ts";
import { BEGIN, guardOver, instant, makeSigning } from "../signed.ts";

const OPEN = "tools: { t: { operation: write, resources: none, default: allow } }\nrules: []\n";
const SHUT = "tools: { t: { operation: write, resources: none } }\nrules: []\n";

interface Envelope {
  payloadType: string;
  payload: string;
  signatures: { keyid: string; sig: string }[];
}

/** The envelope with something done to it. */
function changed(text: string, change: (envelope: Envelope) => unknown): string {
  const envelope = JSON.parse(text) as Envelope; // written by the signer
  return JSON.stringify(change(envelope) ?? envelope);
}

/** Must not load, and with this code. */
async function mustNotLoad(text: string, code: ErrorCode, what: string): Promise<void> {
  const { trust } = await signing();
  const failure: unknown = await guardOver(text, trust).then(
    () => "it loaded",
    (error: unknown) => (isInterlatchError(error) ? error.code : error),
  );
  assert.equal(failure, code, what);
}

/** Attacks on what is signed. */
export const bundleEvasions: readonly Evasion[] = [
  {
    id: "evasion.T41",
    title: "a bundle without its signatures, or with an empty key id, does not load",
    run: async () => {
      const { bundle } = await signing();
      const good = await bundle(await built(OPEN));
      await mustRun((await guardOf(OPEN)).guard, "t", {});
      const missing: readonly (readonly [string, (envelope: Envelope) => unknown, ErrorCode])[] = [
        ["no signatures", (one) => ({ ...one, signatures: [] }), "ERR_BUNDLE_SIGNATURE"],
        [
          "no list",
          ({ payloadType, payload }) => ({ payloadType, payload }),
          "ERR_BUNDLE_SIGNATURE",
        ],
        ["null", (one) => ({ ...one, signatures: null }), "ERR_BUNDLE_FORMAT"],
        [
          "an empty key id",
          (one) => ({ ...one, signatures: one.signatures.map((s) => ({ ...s, keyid: "" })) }),
          "ERR_BUNDLE_SIGNATURE",
        ],
        [
          "no key id",
          (one) => ({ ...one, signatures: one.signatures.map(({ sig }) => ({ sig })) }),
          "ERR_BUNDLE_FORMAT",
        ],
        [
          "an empty signature",
          (one) => ({ ...one, signatures: one.signatures.map((s) => ({ ...s, sig: "" })) }),
          "ERR_BUNDLE_SIGNATURE",
        ],
        ["the bare payload", (one) => JSON.parse(atob(one.payload)), "ERR_BUNDLE_FORMAT"],
        [
          "an algorithm",
          (one) => ({ ...one, signatures: one.signatures.map((s) => ({ ...s, alg: "none" })) }),
          "ERR_BUNDLE_UNKNOWN_FIELD",
        ],
      ];
      for (const [what, change, code] of missing)
        await mustNotLoad(changed(good, change), code, what);
    },
  },
  {
    id: "evasion.T42",
    title:
      "an older, expired, relabelled or re-encoded bundle, or one for another place, does not load",
    run: async () => {
      const { bundle, document, trust } = await signing();
      const policy = await built(SHUT);
      const good = await bundle(policy);
      const open = await bundle(await built(OPEN));
      const stranger = await makeSigning();
      const mixed = changed(good, (one) => ({
        ...one,
        payload: (JSON.parse(open) as Envelope).payload,
      }));
      const bad: readonly (readonly [string, string, ErrorCode])[] = [
        ["a stranger's", await stranger.bundle(policy), "ERR_BUNDLE_SIGNATURE"],
        ["mixed of two", mixed, "ERR_BUNDLE_SIGNATURE"],
        [
          "expired",
          await bundle(policy, { notBefore: instant(BEGIN - 86_400_000), expires: instant(BEGIN) }),
          "ERR_BUNDLE_EXPIRED",
        ],
        [
          "early",
          await bundle(policy, { notBefore: instant(BEGIN + 7_200_000) }),
          "ERR_BUNDLE_NOT_YET_VALID",
        ],
        [
          "for ever",
          await bundle(policy, { expires: instant(BEGIN + 400 * 86_400_000) }),
          "ERR_BUNDLE_DATES",
        ],
        [
          "for another place",
          await bundle(policy, { audience: ["staging"] }),
          "ERR_BUNDLE_AUDIENCE",
        ],
        ["for every place", await bundle(policy, { audience: ["*"] }), "ERR_BUNDLE_AUDIENCE"],
        [
          "another kind",
          await document("checkpoint", JSON.parse(atob((JSON.parse(good) as Envelope).payload))),
          "ERR_BUNDLE_TYPE",
        ],
        [
          "relabelled",
          changed(await document("checkpoint", {}), (one) => ({
            ...one,
            payloadType: (JSON.parse(good) as Envelope).payloadType,
          })),
          "ERR_BUNDLE_SIGNATURE",
        ],
        [
          "without padding",
          changed(good, (one) => ({
            ...one,
            signatures: one.signatures.map((s) => ({ ...s, sig: s.sig.replace(/=+$/, "") })),
          })),
          "ERR_BUNDLE_ENCODING",
        ],
        [
          "with spaces",
          changed(good, (one) => ({
            ...one,
            payload: `${one.payload.slice(0, 8)} ${one.payload.slice(8)}`,
          })),
          "ERR_BUNDLE_ENCODING",
        ],
        [
          "with a key twice",
          good.replace('{"payloadType"', '{"payloadType":"x","payloadType"'),
          "ERR_BUNDLE_DUPLICATE_KEY",
        ],
      ];
      for (const [what, text, code] of bad) await mustNotLoad(text, code, what);
      const rollback = memoryRollback();
      await guardOver(await bundle(policy, { version: 5 }), trust, { rollback });
      await assert.rejects(guardOver(await bundle(policy, { version: 4 }), trust, { rollback }), {
        code: "ERR_BUNDLE_ROLLBACK",
      });
      // The same version with other content is as bad as an older one.
      await assert.rejects(
        guardOver(await bundle(await built(OPEN), { version: 5 }), trust, { rollback }),
        { code: "ERR_BUNDLE_ROLLBACK" },
      );
      await assert.rejects(
        guardOver(await bundle(policy, { version: 2 }), trust, { minVersion: 3 }),
        { code: "ERR_BUNDLE_ROLLBACK" },
      );
    },
  },
];

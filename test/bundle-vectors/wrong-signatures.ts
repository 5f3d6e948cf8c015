import type { ErrorCode } from "@interlatch/core";
import {
  base64,
  forge,
  type Forged,
  preAuth,
  signatureOf,
  unbase64,
  utf8,
} from "../bundle-attacks/forge.ts";
import { payload } from "../bundle-attacks/host.ts";
import { plusOrder } from "../bundle-attacks/signatures.ts";
import type { BundleVector } from "./file.ts";
import { bad, changed, type Writer } from "./writer.ts";

/** Bundles that not enough trusted keys signed. */
export async function badSignatures({ keys, signed }: Writer): Promise<readonly BundleVector[]> {
  const { alice, bob, rita, eve, clock, rootA, mallory } = keys;
  const honest = await signed();
  const flipped = unbase64(honest.payload);
  flipped[40] = (flipped[40] ?? 0) ^ 1;
  const { signatures: _, ...stripped } = honest;
  const other = await signed(payload({ version: 8 }));
  const firstSig = unbase64(signatureOf(honest, 0).sig);
  const alone = await signed(payload(), [alice]);
  const twoNames = { ...signatureOf(alone, 0), keyid: bob.keyid };
  const seventeen = Array.from({ length: 17 }, () => signatureOf(honest, 0));
  const stranger = await signed(payload(), [mallory, bob]);
  const refusals: readonly (readonly [string, string, Forged | string, ErrorCode?])[] = [
    ["bad-bit", "one bit of the payload is flipped", { ...honest, payload: base64(flipped) }],
    ["bad-none", "no signatures", { ...honest, signatures: [] }],
    ["bad-stripped", "no list of signatures", JSON.stringify(stripped)],
    ["bad-threshold", "one signature of two", alone, "ERR_BUNDLE_THRESHOLD"],
    [
      "bad-twice",
      "one signature twice",
      await signed(payload(), [alice, alice]),
      "ERR_BUNDLE_THRESHOLD",
    ],
    [
      "bad-two-names",
      "one signature under two key ids",
      { ...alone, signatures: [...alone.signatures, twoNames] },
    ],
    ["bad-impostor", "a stranger signs as Alice", changed(stranger, 0, { keyid: alice.keyid })],
    ["bad-stranger", "a stranger signs as himself", await signed(payload(), [mallory])],
    ["bad-role", "keys of other roles sign", await signed(payload(), [clock, rootA])],
    ["bad-moved", "signatures of another bundle", { ...honest, signatures: other.signatures }],
    ["bad-zeros", "a signature of zeros", changed(honest, 0, { sig: base64(new Uint8Array(64)) })],
    ["bad-order", "the order added to S", changed(honest, 0, { sig: base64(plusOrder(firstSig)) })],
    [
      "bad-short",
      "a signature cut off",
      changed(honest, 0, { sig: base64(firstSig.slice(0, 63)) }),
    ],
    [
      "bad-third",
      "a false third signature beside two honest ones",
      {
        ...honest,
        signatures: [
          ...honest.signatures,
          { keyid: keys.dora.keyid, sig: base64(new Uint8Array(64).fill(7)) },
        ],
      },
    ],
    [
      "bad-inherited",
      "key ids that are names of inherited properties",
      {
        ...honest,
        signatures: ["constructor", "toString"].map((keyid, index) => ({
          keyid,
          sig: signatureOf(honest, index).sig,
        })),
      },
    ],
    [
      "bad-flood",
      "seventeen signatures",
      { ...honest, signatures: seventeen },
      "ERR_BUNDLE_TOO_LARGE",
    ],
    [
      "bad-revoked",
      "a revoked key signed",
      await signed(payload(), [alice, rita]),
      "ERR_BUNDLE_KEY_REVOKED",
    ],
    [
      "bad-ended-key",
      "a key signed that is past its end",
      await signed(payload(), [alice, eve]),
      "ERR_BUNDLE_KEY_EXPIRED",
    ],
  ];
  return [
    ...refusals.map(([id, about, bundle, code = "ERR_BUNDLE_SIGNATURE"]) =>
      bad(id, about, bundle, code),
    ),
    bad(
      "bad-later-root",
      "the next root revoked one of its keys",
      honest,
      "ERR_BUNDLE_KEY_REVOKED",
      {
        root: "second",
      },
    ),
    bad("bad-ended-root", "the root has ended", honest, "ERR_TRUST_ROOT_EXPIRED", {
      now: "2027-01-01T00:00:00Z",
    }),
  ];
}

/** Signatures of something else than this bundle. */
export async function badTypes({ keys, signed }: Writer): Promise<readonly BundleVector[]> {
  const signers = [keys.alice, keys.bob];
  const status = await forge("status", payload(), signers);
  const honest = await signed();
  const sign = async (message: Uint8Array<ArrayBuffer>): Promise<Forged["signatures"]> =>
    Promise.all(
      signers.map(async (key) => ({ keyid: key.keyid, sig: base64(await key.sign(message)) })),
    );
  const text = payload();
  const moved = preAuth(`${honest.payloadType} ${text.slice(0, 10)}`, utf8(text.slice(10)));
  return [
    bad("bad-kind", "a signed status", status, "ERR_BUNDLE_TYPE"),
    bad(
      "bad-relabelled",
      "a signed status, relabelled",
      { ...status, payloadType: honest.payloadType },
      "ERR_BUNDLE_SIGNATURE",
    ),
    bad(
      "bad-bare",
      "the payload signed without its type",
      { ...honest, signatures: await sign(utf8(text)) },
      "ERR_BUNDLE_SIGNATURE",
    ),
    bad(
      "bad-split",
      "the split between type and payload moved",
      { ...honest, signatures: await sign(moved) },
      "ERR_BUNDLE_SIGNATURE",
    ),
  ];
}

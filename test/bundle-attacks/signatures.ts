import { type Attack, attack } from "./attack.ts";
import { base64, forge, preAuth, sealed, signatureOf, unbase64, utf8 } from "./forge.ts";
import { bundle, envelope, host, payload } from "./host.ts";
import { cast } from "./keys.ts";

/** Attacks on who signed. */
export const signatureAttacks: readonly Attack[] = [
  attack(1, "one bit of the payload is flipped", async () => {
    const forged = await envelope();
    const bytes = unbase64(forged.payload);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    forged.payload = base64(bytes);
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /does not fit/);
  }),
  attack(2, "the list of signatures is empty", async () => {
    const forged = await envelope();
    forged.signatures = [];
    await (
      await host()
    ).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /No key of the role bundle/);
  }),
  attack(3, "there is no list of signatures", async () => {
    const { signatures: _, ...stripped } = await envelope();
    const bytes = utf8(JSON.stringify(stripped));
    await (await host()).refuses(bytes, "ERR_BUNDLE_SIGNATURE", /signatures: is missing/);
  }),
  attack(4, "one of two needed people signed", async () => {
    const { alice } = await cast();
    const forged = await forge("policy-bundle", payload(), [alice]);
    await (
      await host()
    ).refuses(sealed(forged), "ERR_BUNDLE_THRESHOLD", /needs 2 signatures; 1 count/);
  }),
  attack(5, "one person's signature stands there twice", async () => {
    const { alice } = await cast();
    const forged = await forge("policy-bundle", payload(), [alice, alice]);
    await (
      await host()
    ).refuses(sealed(forged), "ERR_BUNDLE_THRESHOLD", /needs 2 signatures; 1 count/);
  }),
  attack(6, "one signature stands there under two key ids", async () => {
    const { alice, carol } = await cast();
    const forged = await forge("policy-bundle", payload(), [alice]);
    forged.signatures.push({ ...signatureOf(forged, 0), keyid: carol.keyid });
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /does not fit/);
  }),
  attack(8, "an attacker signs under a trusted key id", async () => {
    const { alice, bob, mallory } = await cast();
    const forged = await forge("policy-bundle", payload(), [mallory, bob]);
    signatureOf(forged, 0).keyid = alice.keyid;
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /does not fit/);
  }),
  attack(9, "only keys that nobody trusts signed", async () => {
    const { mallory } = await cast();
    const forged = await forge("policy-bundle", payload(), [mallory]);
    await (
      await host()
    ).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /No key of the role bundle/);
  }),
  attack(10, "a trusted key of another role signed", async () => {
    const { clock, rootA } = await cast();
    const forged = await forge("policy-bundle", payload(), [clock, rootA]);
    await (
      await host()
    ).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /No key of the role bundle/);
  }),
  attack(11, "a signature brings its own key", async () => {
    const { mallory } = await cast();
    const forged = await forge("policy-bundle", payload(), [mallory]);
    signatureOf(forged, 0)["jwk"] = mallory.publicJwk;
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_UNKNOWN_FIELD", /"jwk"/);
  }),
  attack(12, "a signature names its algorithm", async () => {
    const forged = await envelope();
    signatureOf(forged, 0)["alg"] = "none";
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_UNKNOWN_FIELD", /"alg"/);
  }),
  attack(16, "a signed status is offered as a bundle", async () => {
    const { alice, bob } = await cast();
    const forged = await forge("status", payload(), [alice, bob]);
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_TYPE", /status\.v1/);
  }),
  attack(17, "a signed status is relabelled as a bundle", async () => {
    const { alice, bob } = await cast();
    const forged = await forge("status", payload(), [alice, bob]);
    forged.payloadType = "application/vnd.interlatch.policy-bundle.v1+json";
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /does not fit/);
  }),
  attack(18, "the bare payload is signed, without its type", async () => {
    const { alice, bob } = await cast();
    const forged = await envelope();
    const bare = unbase64(forged.payload);
    forged.signatures = [
      { keyid: alice.keyid, sig: base64(await alice.sign(bare)) },
      { keyid: bob.keyid, sig: base64(await bob.sign(bare)) },
    ];
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /does not fit/);
  }),
  attack(19, "a signature is all zeros", async () => {
    for (const index of [0, 1]) {
      const forged = await envelope();
      signatureOf(forged, index).sig = base64(new Uint8Array(64));
      await (await host()).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /does not fit/);
    }
  }),
  attack(20, "an ES256 signature comes in DER form", async () => {
    const forged = await envelope();
    const signature = signatureOf(forged, 1);
    signature.sig = base64(der(unbase64(signature.sig)));
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /does not fit/);
  }),
  attack(21, "an Ed25519 signature has the group's order added to S", async () => {
    const forged = await envelope();
    const signature = signatureOf(forged, 0);
    signature.sig = base64(plusOrder(unbase64(signature.sig)));
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /does not fit/);
  }),
  attack(62, "a flood of signatures is to keep the host busy", async () => {
    const forged = await envelope();
    const one = signatureOf(forged, 0);
    forged.signatures = Array.from({ length: 17 }, () => one);
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_TOO_LARGE", /17 signatures/);
  }),
  attack(67, "key ids are the names of inherited properties", async () => {
    const forged = await envelope();
    const names = ["toString", "constructor", "__proto__", "hasOwnProperty"];
    forged.signatures = names.map((keyid) => ({ ...signatureOf(forged, 0), keyid }));
    await (
      await host()
    ).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /No key of the role bundle/);
  }),
  attack(80, "a signature is cut off or has a byte too many", async () => {
    const honest = unbase64(signatureOf(await envelope(), 0).sig);
    for (const sig of [honest.slice(0, 63), new Uint8Array([...honest, 0]), new Uint8Array()]) {
      const forged = await envelope();
      signatureOf(forged, 0).sig = base64(sig);
      await (await host()).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /does not fit/);
    }
  }),
  attack(81, "the split between type and payload is moved", async () => {
    const { alice, bob } = await cast();
    const type = "application/vnd.interlatch.policy-bundle.v1+json";
    const text = payload();
    // Signs the type and payload as one text; only the lengths in the encoding tell where one ends.
    const moved = preAuth(`${type} ${text.slice(0, 10)}`, utf8(text.slice(10)));
    const forged = await envelope(text);
    forged.signatures = [
      { keyid: alice.keyid, sig: base64(await alice.sign(moved)) },
      { keyid: bob.keyid, sig: base64(await bob.sign(moved)) },
    ];
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /does not fit/);
  }),
  attack(82, "two honest signatures are accompanied by a false third", async () => {
    const { carol } = await cast();
    const forged = await envelope();
    forged.signatures.push({ keyid: carol.keyid, sig: base64(new Uint8Array(64).fill(7)) });
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /does not fit/);
  }),
  attack(83, "a signature is moved from one bundle to another", async () => {
    const other = await envelope(payload({ version: 8 }));
    const forged = await envelope();
    forged.signatures = other.signatures;
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /does not fit/);
    await (await host()).load(await bundle(payload({ version: 8 })));
  }),
];

/** P1363 to DER (X.690): the form of most other tools. */
function der(signature: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array): number[] => {
    const digits = [...bytes];
    while (digits.length > 1 && digits[0] === 0 && (digits[1] ?? 0) < 0x80) digits.shift();
    if ((digits[0] ?? 0) >= 0x80) digits.unshift(0);
    return [0x02, digits.length, ...digits];
  };
  const body = [...integer(signature.slice(0, 32)), ...integer(signature.slice(32))];
  return new Uint8Array([0x30, body.length, ...body]);
}

/** The same point R with S + L: the same signature to a verifier that does not demand S < L (RFC 8032 section 5.1.7). */
export function plusOrder(signature: Uint8Array): Uint8Array {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  let s = 0n;
  for (let index = 63; index >= 32; index -= 1) s = (s << 8n) | BigInt(signature[index] ?? 0);
  let sum = s + order;
  const changed = signature.slice();
  for (let index = 32; index < 64; index += 1) {
    changed[index] = Number(sum & 0xffn);
    sum >>= 8n;
  }
  return changed;
}

import { payloadDigest, type SigningKey } from "@interlatch/core/sign";
import { forge, type Forged, utf8 } from "../bundle-attacks/forge.ts";
import { payload } from "../bundle-attacks/host.ts";
import type { BundleFile, BundleVector, VectorHost } from "./file.ts";
import type { VectorKeys } from "./keys.ts";
import { firstRoot, nextRoot, NOW } from "./roots.ts";
import type { Writer } from "./writer.ts";
import { badPayloads, badPurposes } from "./wrong-payloads.ts";
import { badSignatures, badTypes } from "./wrong-signatures.ts";
import { badTexts } from "./wrong-texts.ts";

const HOST: VectorHost = { root: "first", audience: "prod", id: "acme-support", now: NOW };

/** All vectors of bundles. */
export async function bundleFile(keys: VectorKeys): Promise<BundleFile> {
  const writer: Writer = {
    keys,
    signed: (content = payload(), signers = [keys.alice, keys.bob]) =>
      forge("policy-bundle", content, signers),
  };
  const first = await firstRoot(keys);
  const { document } = await nextRoot(keys);
  return {
    topic: "bundles",
    about: "Bundles, good and bad, and the host that each of them reaches.",
    roots: { first, second: { ...first, updates: [document] } },
    host: HOST,
    vectors: [
      ...(await good(writer)),
      ...(await badSignatures(writer)),
      ...(await badTypes(writer)),
      ...(await badTexts(writer)),
      ...(await badPayloads(writer)),
      ...(await badPurposes(writer)),
    ],
  };
}

async function good({ keys, signed }: Writer): Promise<readonly BundleVector[]> {
  const { alice, bob, dora, mallory } = keys;
  const accepted = async (
    id: string,
    about: string,
    envelope: Forged | string,
    signers: readonly SigningKey[],
    { host, content = payload() }: { host?: Partial<VectorHost>; content?: string } = {},
  ): Promise<BundleVector> => ({
    id,
    about,
    ...(host === undefined ? {} : { host }),
    bundle: { text: typeof envelope === "string" ? envelope : JSON.stringify(envelope) },
    expect: {
      accepted: {
        id: "acme-support",
        version: 7,
        digest: await payloadDigest(utf8(content)),
        signers: signers.map(({ keyid }) => keyid).toSorted(),
      },
    },
  });
  const honest = await signed();
  const digest = await payloadDigest(utf8(payload()));
  const { payloadType, payload: body, signatures } = honest;
  const spaced = JSON.stringify({ signatures, payload: body, payloadType }, null, 4);
  const day = payload({ notBefore: NOW, expires: "2026-06-16T12:00:00Z" });
  return [
    await accepted("good", "two of its keys signed", honest, [alice, bob]),
    await accepted("good-es256", "one of them with ES256", await signed(payload(), [alice, dora]), [
      alice,
      dora,
    ]),
    await accepted(
      "good-stranger",
      "a stranger's signature beside them counts for nothing",
      await signed(payload(), [alice, mallory, bob]),
      [alice, bob],
    ),
    await accepted("good-layout", "another order of fields, and white space", spaced, [alice, bob]),
    await accepted("good-again", "the host remembers this very bundle", honest, [alice, bob], {
      host: { remembers: { version: 7, digest } },
    }),
    await accepted("good-newer", "the host remembers the one before", honest, [alice, bob], {
      host: { remembers: { version: 6, digest: "0".repeat(64) } },
    }),
    await accepted("good-floor", "exactly the lowest version", honest, [alice, bob], {
      host: { minVersion: 7 },
    }),
    await accepted("good-skew", "a minute before it begins", await signed(day), [alice, bob], {
      content: day,
      host: { now: "2026-06-15T11:59:00Z" },
    }),
    await accepted("good-last-second", "a second before it ends", await signed(day), [alice, bob], {
      content: day,
      host: { now: "2026-06-16T11:59:59Z" },
    }),
  ];
}

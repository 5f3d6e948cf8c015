import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { run } from "@interlatch/cli";
import {
  addSignature,
  importPrivateKey,
  payloadTypeOf,
  readAnyEnvelope,
  signPayload,
} from "@interlatch/core/sign";
import { preAuthEncoding } from "../../packages/core/src/bundle/envelope.ts";
import { createVerifier } from "../../packages/core/src/trust/verifier.ts";
import { refused } from "../bundle-attacks/attack.ts";
import { host, NOW, payload } from "../bundle-attacks/host.ts";
import { cast } from "../bundle-attacks/keys.ts";
import type { TableEntry } from "../suites/table.ts";
import { encodedElsewhere, signElsewhere, verifiesElsewhere } from "./sigstore.ts";
import { VECTOR, vectorKey } from "./vector.ts";

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const BUNDLE = payloadTypeOf("policy-bundle");

/** DSSE by its own vector, and against another implementation in both directions. The ids are requirements. */
export const DSSE_CASES: readonly TableEntry[] = [
  {
    id: "dsse.vector",
    title: "the specification's vector is encoded and verified as it says",
    run: vectorVerifies,
  },
  {
    id: "dsse.strict",
    title: "what the specification leaves open is closed: key ids, alphabets, foreign fields",
    run: profileIsStrict,
  },
  {
    id: "dsse.encoding",
    title: "any type and payload is encoded as another implementation encodes it",
    run: encodesAlike,
  },
  {
    id: "dsse.ours-elsewhere",
    title: "another implementation reads and verifies what we sign",
    run: oursVerifiesElsewhere,
  },
  {
    id: "dsse.theirs-here",
    title: "what another implementation signs loads here, and its tampered copy does not",
    run: theirsLoadsHere,
  },
];

/** The vector's only envelope, with the key id that our profile asks for. */
function vectorEnvelope(changes: object = {}): Uint8Array<ArrayBuffer> {
  const { envelope } = VECTOR;
  const [{ sig }] = envelope.signatures;
  const named = { ...envelope, signatures: [{ keyid: "dsse", sig }] };
  return utf8(JSON.stringify({ ...named, ...changes }));
}

async function vectorVerifies(): Promise<void> {
  const message = preAuthEncoding(VECTOR.payloadType, utf8(VECTOR.payload));
  assert.deepEqual(message, utf8(VECTOR.preAuthEncoding));
  const { payloadType, payload: body, signatures } = readAnyEnvelope(vectorEnvelope());
  const [signature] = signatures;
  assert.ok(signature);
  const verify = await createVerifier(vectorKey());
  assert.equal(await verify(preAuthEncoding(payloadType, body), signature.sig), true);
  for (const [type, text] of [
    [VECTOR.payloadType, "hello worle"],
    [`${VECTOR.payloadType}!`, VECTOR.payload],
  ] as const) {
    assert.equal(await verify(preAuthEncoding(type, utf8(text)), signature.sig), false);
  }
}

async function profileIsStrict(): Promise<void> {
  const read = (bytes: Uint8Array<ArrayBuffer>) => async (): Promise<unknown> =>
    readAnyEnvelope(bytes);
  const [{ sig }] = VECTOR.envelope.signatures;
  // DSSE allows each of these; whoever accepts them lets two texts stand for one document.
  const unnamed = vectorEnvelope({ signatures: [{ sig }] });
  await refused("ERR_BUNDLE_FORMAT", /keyid/, read(unnamed));
  const inUrlAlphabet = sig.replaceAll("+", "-").replaceAll("/", "_");
  assert.notEqual(inUrlAlphabet, sig);
  const other = vectorEnvelope({ signatures: [{ keyid: "dsse", sig: inUrlAlphabet }] });
  await refused("ERR_BUNDLE_ENCODING", /sig/, read(other));
  const noted = vectorEnvelope({ note: "ignored by others" });
  await refused("ERR_BUNDLE_UNKNOWN_FIELD", /note/, read(noted));
}

async function encodesAlike(): Promise<void> {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.uint8Array({ maxLength: 300 }), (type, body) =>
      assert.deepEqual(preAuthEncoding(type, body), encodedElsewhere(type, body)),
    ),
  );
}

async function oursVerifiesElsewhere(): Promise<void> {
  // Alice signs with Ed25519, Bob with ES256.
  const { alice, bob, mallory } = await cast();
  const once = await signPayload({ kind: "policy-bundle", payload: utf8(payload()), keys: [bob] });
  const envelope = await addSignature(once, alice);
  assert.equal(verifiesElsewhere(envelope, [alice, bob]), true);
  assert.equal(verifiesElsewhere(envelope, [mallory]), false);
  const loosened = Buffer.from(payload({ version: 8 })).toString("base64");
  const tampered = JSON.stringify({ ...JSON.parse(envelope), payload: loosened });
  assert.equal(verifiesElsewhere(tampered, [alice]), false);
  await commandLineVerifiesElsewhere();
}

/** The bundle and the trust root of a new project, signed by the command line alone. */
async function commandLineVerifiesElsewhere(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "interlatch-dsse-"));
  try {
    const said: string[] = [];
    const stream = { write: (text: string) => said.push(text) };
    const io = { stdout: stream, stderr: stream, env: {}, cwd: folder, now: () => NOW };
    const commands = [
      ["init"],
      ["build", "--out", "."],
      ["sign", "BUILT", "--key", ".interlatch/keys/bundle.pem", "--out", "policy.bundle.json"],
    ];
    for (const argv of commands) {
      const built = /^\S+\.payload\.json/m.exec(said.join(""))?.[0] ?? "";
      const line = argv.map((word) => (word === "BUILT" ? built : word));
      assert.equal(await run(line, io), 0, said.join(""));
    }
    for (const [file, role] of [
      ["policy.bundle.json", "bundle"],
      ["trust.json", "root"],
    ] as const) {
      const pem = await readFile(join(folder, ".interlatch", "keys", `${role}.pem`), "utf8");
      const text = await readFile(join(folder, file), "utf8");
      assert.equal(verifiesElsewhere(text, [await importPrivateKey(pem)]), true, file);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function theirsLoadsHere(): Promise<void> {
  const { alice, bob } = await cast();
  const subject = await host();
  const theirs = await signElsewhere(BUNDLE, utf8(payload()), alice);
  await subject.refuses(utf8(JSON.stringify(theirs)), "ERR_BUNDLE_THRESHOLD", /2 signatures/);
  const both = await signElsewhere(BUNDLE, utf8(payload()), bob);
  const envelope = { ...theirs, signatures: [...theirs.signatures, ...both.signatures] };
  const { digest, signers, payload: loaded } = await subject.load(utf8(JSON.stringify(envelope)));
  assert.equal(loaded.version, 7);
  assert.match(digest, /^[0-9a-f]{64}$/);
  assert.deepEqual(new Set(signers), new Set([alice.keyid, bob.keyid]));
  const loosened = Buffer.from(payload({ version: 8 })).toString("base64");
  const tampered = utf8(JSON.stringify({ ...envelope, payload: loosened }));
  await subject.refuses(tampered, "ERR_BUNDLE_SIGNATURE", /does not fit/);
  // One of ours beside one of theirs.
  const mixed = await addSignature(JSON.stringify(theirs), bob);
  assert.equal((await subject.load(utf8(mixed))).digest, digest);
}

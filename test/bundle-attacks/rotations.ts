import assert from "node:assert/strict";
import { memoryRollback, openTrustRoot, verifyBundle } from "@interlatch/core";
import {
  buildTrustRoot,
  generateKey,
  importPrivateKey,
  signPayload,
  type SigningKey,
  signTrustRoot,
} from "@interlatch/core/sign";
import { type Attack, attack, refused } from "./attack.ts";
import { utf8 } from "./forge.ts";
import { AUDIENCE, NOW, payload } from "./host.ts";
import { listed } from "./keys.ts";

/** A version: the numbers of its keys, how many must sign, and who did. */
interface Step {
  readonly keys: readonly number[];
  readonly threshold: number;
  readonly signed: readonly number[];
}

const five = [0, 1, 2, 3, 4];
const oneOther = [0, 1, 3, 4, 5];
const allOther = [5, 6, 7, 8, 9];
const step = (keys: readonly number[], threshold: number, signed: readonly number[]): Step => ({
  keys,
  threshold,
  signed,
});

/** Sequences of roots, each of which must be taken, but for the last one where it says so. After tuf-conformance. */
const ROTATIONS: Readonly<
  Record<string, { readonly steps: readonly Step[]; readonly fails?: RegExp }>
> = {
  "1 of 1, another key": {
    steps: [step([1], 1, [1]), step([2], 1, [2, 1]), step([2], 1, [2])],
  },
  "1 of 1, another key, beside signatures of strangers": {
    steps: [step([1], 1, [3, 1, 4]), step([2], 1, [3, 2, 1, 4]), step([2], 1, [3, 2, 4])],
  },
  "3 of 5, any three sign": {
    steps: [step(five, 3, [0, 2, 4]), step(five, 3, [0, 4, 1]), step(five, 3, [0, 1, 3])],
  },
  "3 of 5, one key replaced": { steps: [step(five, 3, [0, 2, 4]), step(oneOther, 3, [0, 4, 1])] },
  "3 of 5, one key replaced, with a step between": {
    steps: [
      step(five, 3, [0, 2, 4]),
      step(oneOther, 3, [0, 2, 4, 5]),
      step(oneOther, 3, [0, 4, 5]),
    ],
  },
  "3 of 5, all keys replaced": {
    steps: [
      step(five, 3, [0, 2, 4]),
      step(allOther, 3, [0, 2, 4, 5, 6, 7]),
      step(allOther, 3, [5, 6, 7]),
    ],
  },
  "1 of 3 becomes 2 of 3": { steps: [step([1, 2, 3], 1, [1]), step([1, 2, 3], 2, [1, 2])] },
  "2 of 3 becomes 1 of 3": {
    steps: [step([1, 2, 3], 2, [1, 2]), step([1, 2, 3], 1, [1, 2]), step([1, 2, 3], 1, [1])],
  },
  "1 of 1 becomes 2 of 2": { steps: [step([1], 1, [1]), step([1, 2], 2, [1, 2])] },
  "not signed by the old key": {
    steps: [step([1], 1, [1]), step([2], 1, [2, 3, 4])],
    fails: /No key of the role root/,
  },
  "not signed by the new key": {
    steps: [step([1], 1, [1]), step([2], 1, [1, 3, 4])],
    fails: /No key of the role root/,
  },
  "not signed by three of the new keys": {
    steps: [step(five, 3, [0, 2, 4]), step(oneOther, 3, [0, 2, 4])],
    fails: /needs 3 signatures; 2 count/,
  },
  "not signed by three of the old keys": {
    steps: [step(five, 3, [0, 2, 4]), step(oneOther, 3, [0, 4, 5])],
    fails: /needs 3 signatures; 2 count/,
  },
  "a raised threshold that is not reached": {
    steps: [step([1, 2, 3], 1, [1]), step([1, 2, 3], 2, [2])],
    fails: /needs 2 signatures; 1 count/,
  },
  "a lowered threshold, before it holds": {
    steps: [step([1, 2, 3], 2, [1, 2]), step([1, 2, 3], 1, [1])],
    fails: /needs 2 signatures; 1 count/,
  },
};

/** Bundles under a root with these bundle keys. */
const BUNDLES: readonly (readonly [
  step: Step,
  fails?: "ERR_BUNDLE_SIGNATURE" | "ERR_BUNDLE_THRESHOLD",
])[] = [
  [step([2], 1, [2])],
  [step([1], 1, [3, 1, 4])],
  [step([2], 1, [1, 3, 4]), "ERR_BUNDLE_SIGNATURE"],
  [step(oneOther, 3, [0, 2, 4]), "ERR_BUNDLE_THRESHOLD"],
  [step(oneOther, 3, [0, 4]), "ERR_BUNDLE_THRESHOLD"],
  ...[
    [0, 2, 4],
    [0, 4, 1],
    [0, 1, 3],
    [1, 2, 3],
    [2, 3, 4],
  ].map((signed) => [step(five, 3, signed)] as const),
];

/** Sequences of roots and sets of signers, in all their forms. */
export const rotationAttacks: readonly Attack[] = [
  attack(128, "roots rotate keys and thresholds in every way, and wrongly", async () => {
    const keys = await makeKeys(10);
    for (const [name, { steps, fails }] of Object.entries(ROTATIONS)) {
      const roots = await Promise.all(steps.map((each, index) => rootOf(keys, each, index + 1)));
      const [first, ...rest] = roots;
      assert.ok(first !== undefined);
      const updates = rest.map(({ text }) => text);
      const open = (): ReturnType<typeof openTrustRoot> =>
        openTrustRoot({ document: first.text, digest: first.digest, updates, now: NOW });
      if (fails === undefined) assert.equal((await open()).version, steps.length, name);
      else await refused("ERR_TRUST_ROOT", fails, open);
    }
  }),
  attack(129, "a bundle is signed by every combination of keys, and by too few", async () => {
    const keys = await makeKeys(10);
    for (const [{ keys: bundleKeys, threshold, signed }, fails] of BUNDLES) {
      const root = await rootOf(keys, step([9], 1, [9]), 1, { keys: bundleKeys, threshold });
      const trust = await openTrustRoot({ document: root.text, digest: root.digest, now: NOW });
      const signers = signed.map((number) => keyAt(keys, number));
      const text = await signPayload({
        kind: "policy-bundle",
        payload: utf8(payload()),
        keys: signers,
      });
      const options = { trust, audience: AUDIENCE, now: NOW, rollback: memoryRollback() };
      const load = (): ReturnType<typeof verifyBundle> => verifyBundle(utf8(text), options);
      if (fails === undefined) assert.equal((await load()).signers.length, threshold);
      else await refused(fails, /./, load);
    }
  }),
];

async function rootOf(
  keys: readonly SigningKey[],
  { keys: rootKeys, threshold, signed }: Step,
  version: number,
  bundle: Pick<Step, "keys" | "threshold"> = { keys: rootKeys, threshold: 1 },
): Promise<{ readonly text: string; readonly digest: string }> {
  const role = (
    numbers: readonly number[],
    of: number,
  ): { keyids: string[]; threshold: number } => ({
    keyids: numbers.map((number) => keyAt(keys, number).keyid),
    threshold: of,
  });
  const built = await buildTrustRoot({
    version,
    expires: "2027-01-01T00:00:00Z",
    keys: [...new Set([...rootKeys, ...bundle.keys])].map((number) => listed(keyAt(keys, number))),
    roles: { root: role(rootKeys, threshold), bundle: role(bundle.keys, bundle.threshold) },
  });
  const text = await signTrustRoot(
    built,
    signed.map((number) => keyAt(keys, number)),
  );
  return { text, digest: built.digest };
}

function keyAt(keys: readonly SigningKey[], number: number): SigningKey {
  const key = keys[number];
  assert.ok(key !== undefined);
  return key;
}

async function makeKeys(count: number): Promise<readonly SigningKey[]> {
  const keys: SigningKey[] = [];
  for (let made = 0; made < count; made += 1) {
    keys.push(await importPrivateKey((await generateKey()).privateKey));
  }
  return keys;
}

import { thumbprint, type TrustRole, type TrustRootInput } from "@interlatch/core/sign";
import { wrongUse } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { instantOf } from "../config-fields.ts";
import { readRootKey, type RootKey } from "../keys.ts";
import { inputOf, writeNextRoot } from "../next-root.ts";
import { SIGNER_OPTIONS } from "../signers.ts";
import { expiryOf, KEYS_OUTLIVE_MS, thresholdOf } from "../trust-roots.ts";

/** `interlatch trust rotate`: the next trust root, with a new end, and new keys where some are named. */
export const trustRotate: Command = defineCommand({
  summary: "Makes the next trust root: a new end, new keys. Says who must still sign it",
  example: [
    "interlatch trust rotate trust.json --new-bundle .interlatch/keys/bundle.pem --key .interlatch/keys/root.pem",
    "writes root-2.json, in which the named keys are the bundle keys, signed by the root key",
  ],
  args: {
    file: { type: "positional", description: "The trust root in force" },
    "new-root": {
      type: "string",
      valueHint: "KEY",
      description: "A root key of the next root, in place of all it has. Several are fine",
    },
    "new-bundle": {
      type: "string",
      valueHint: "KEY",
      description: "A bundle key of the next root, in place of all it has. Several are fine",
    },
    "root-threshold": {
      type: "string",
      valueHint: "N",
      description: "How many root keys must sign from then on. Default: as before",
    },
    threshold: {
      type: "string",
      valueHint: "N",
      description: "How many bundle keys must sign from then on. Default: as before",
    },
    expires: {
      type: "string",
      valueHint: "DATE",
      description: "When it ends: 2027-01-31 or 2027-01-31T00:00:00Z. Default: in a year",
    },
    out: { type: "string", valueHint: "FILE", description: "Default: root-N.json beside it" },
    ...SIGNER_OPTIONS,
  },
  repeatable: ["new-root", "new-bundle", "key", "key-env"],
  run: async ({ args, all, io, output }) => {
    const now = io.now();
    const expires = expiryOf(args.expires, now);
    const keys: RootKey[] = [];
    const read = async (paths: readonly string[]): Promise<readonly RootKey[]> => {
      const found: RootKey[] = [];
      // One after the other: each may ask for a passphrase.
      for (const path of paths) found.push(await readRootKey(io, path));
      keys.push(...found);
      return found;
    };
    const root = await read(all("new-root"));
    const bundle = await read(all("new-bundle"));
    const window = { notBefore: instantOf(now), notAfter: instantOf(expires + KEYS_OUTLIVE_MS) };
    return writeNextRoot(io, output, {
      file: args.file ?? "",
      out: args.out,
      signers: { ...args, files: all("key"), variables: all("key-env") },
      change: async (document) => {
        const input = inputOf(document);
        const roles = {
          ...input.roles,
          root: await roleOf(input.roles.root, root, "--root-threshold", args["root-threshold"]),
          bundle: await roleOf(input.roles.bundle, bundle, "--threshold", args.threshold),
        };
        return listed({ ...input, roles, expires: instantOf(expires) }, keys, window);
      },
    });
  },
});

async function roleOf(
  before: TrustRole,
  keys: readonly RootKey[],
  option: string,
  threshold: string | undefined,
): Promise<TrustRole> {
  const ids = await Promise.all(keys.map(({ publicJwk }) => thumbprint(publicJwk)));
  const keyids = ids.length === 0 ? before.keyids : [...new Set(ids)];
  if (threshold !== undefined) return { keyids, threshold: thresholdOf(option, threshold, 1) };
  if (before.threshold <= keyids.length) return { keyids, threshold: before.threshold };
  throw wrongUse(
    `${before.threshold} signatures are needed and ${keyids.length} keys named. Name more, or say ${option}.`,
  );
}

/** Lists the keys that some role has, those that stay for as long as the new root and its successor may need them. */
async function listed(
  input: TrustRootInput,
  added: readonly RootKey[],
  window: { readonly notBefore: string; readonly notAfter: string },
): Promise<TrustRootInput> {
  const used = new Set(Object.values(input.roles).flatMap((role: TrustRole) => role.keyids));
  const keys = new Map<string, TrustRootInput["keys"][number]>();
  for (const { publicJwk } of added)
    keys.set(await thumbprint(publicJwk), { publicJwk, ...window });
  for (const key of input.keys) {
    const { publicJwk, notBefore } = key;
    keys.set(await thumbprint(publicJwk), { publicJwk, notBefore, notAfter: window.notAfter });
  }
  return { ...input, keys: [...keys].filter(([id]) => used.has(id)).map(([, key]) => key) };
}

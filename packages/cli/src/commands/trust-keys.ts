import { resolve } from "node:path";
import {
  ROLES,
  type RoleName,
  thumbprint,
  type TrustRole,
  type TrustRootDocument,
  type TrustRootInput,
} from "@interlatch/core/sign";
import { wrongUse } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { instantOf } from "../config-fields.ts";
import { exists } from "../files.ts";
import type { Io } from "../io.ts";
import { readRootKey } from "../keys.ts";
import { inputOf, writeNextRoot } from "../next-root.ts";
import { SIGNER_OPTIONS } from "../signers.ts";
import { KEYS_OUTLIVE_MS, thresholdOf } from "../trust-roots.ts";

const COMMON = {
  file: { type: "positional", description: "The trust root in force" },
  threshold: {
    type: "string",
    valueHint: "N",
    description: "How many keys of the role must sign from then on. Default: as before",
  },
  out: { type: "string", valueHint: "FILE", description: "Default: root-N.json beside it" },
  ...SIGNER_OPTIONS,
} as const;

const ROLE = {
  type: "enum" as const,
  options: [...ROLES],
  description: "What the key may sign: trust roots, bundles, status, checkpoints, answers",
};

/** `interlatch trust add-key`: the next trust root, in which one more key may sign something. */
export const trustAddKey: Command = defineCommand({
  summary: "Makes the next trust root, with one more key in a role. Says who must still sign it",
  example: [
    "interlatch trust add-key root-2.json .interlatch/keys/bundle.pem --role approval --key .interlatch/keys/root.pem",
    "the bundle key may sign reviewers' answers too, from root-2.json on",
  ],
  args: {
    ...COMMON,
    added: { type: "positional", description: "A private key file or a public JWK" },
    role: ROLE,
  },
  repeatable: ["key", "key-env"],
  run: async ({ args, all, io, output }) => {
    const role = roleNamed(args.role);
    const { publicJwk } = await readRootKey(io, args.added ?? "");
    const keyid = await thumbprint(publicJwk);
    return writeNextRoot(io, output, {
      file: args.file ?? "",
      out: args.out,
      signers: { ...args, files: all("key"), variables: all("key-env") },
      change: (document) => {
        const input = inputOf(document);
        if (document.revokedKeys.includes(keyid)) throw wrongUse(`The key ${keyid} is revoked.`);
        const before = document.roles[role] ?? { keyids: [], threshold: 1 };
        if (before.keyids.includes(keyid)) {
          throw wrongUse(`The key ${keyid} has the role ${role} already.`);
        }
        const keyids = [...before.keyids, keyid];
        const notBefore = instantOf(io.now());
        const notAfter = instantOf(Date.parse(document.expires) + KEYS_OUTLIVE_MS);
        const isListed = Object.hasOwn(document.keys, keyid);
        return {
          ...input,
          roles: { ...input.roles, [role]: withThreshold(before, keyids, args.threshold) },
          keys: isListed ? input.keys : [...input.keys, { publicJwk, notBefore, notAfter }],
        };
      },
    });
  },
});

/** `interlatch trust remove-key`: the next trust root, in which a key may no longer sign something. */
export const trustRemoveKey: Command = defineCommand({
  summary: "Makes the next trust root, without a key in a role. Says who must still sign it",
  example: [
    "interlatch trust remove-key root-2.json 3fKq9xYz --role bundle",
    "the key whose id begins so signs no bundles from root-3.json on; `trust show` lists the ids",
  ],
  args: {
    ...COMMON,
    removed: { type: "positional", description: "A key's id, its beginning, or its file" },
    role: ROLE,
  },
  repeatable: ["key", "key-env"],
  run: async ({ args, all, io, output }) => {
    const role = roleNamed(args.role);
    return writeNextRoot(io, output, {
      file: args.file ?? "",
      out: args.out,
      signers: { ...args, files: all("key"), variables: all("key-env") },
      change: async (document) => {
        const keyid = await keyIn(io, document, args.removed ?? "");
        const before = document.roles[role];
        if (before === undefined || !before.keyids.includes(keyid)) {
          throw wrongUse(`The key ${keyid} does not have the role ${role}.`);
        }
        const keyids = before.keyids.filter((id) => id !== keyid);
        return withoutIdle(inputOf(document), role, withThreshold(before, keyids, args.threshold));
      },
    });
  },
});

/** `interlatch trust revoke`: the next trust root, in which a key's signatures count for nothing. */
export const trustRevoke: Command = defineCommand({
  summary: "Makes the next trust root, in which a key counts for nothing. Says who must still sign",
  example: [
    "interlatch trust revoke root-2.json 3fKq9xYz",
    "what the key whose id begins so has signed stops in running services when root-3.json arrives",
  ],
  args: {
    ...COMMON,
    revoked: { type: "positional", description: "A key's id, its beginning, or its file" },
  },
  repeatable: ["key", "key-env"],
  run: async ({ args, all, io, output }) => {
    if (args.threshold !== undefined) {
      throw wrongUse("--threshold belongs to a role: add-key, remove-key or rotate set it.");
    }
    return writeNextRoot(io, output, {
      file: args.file ?? "",
      out: args.out,
      signers: { ...args, files: all("key"), variables: all("key-env") },
      change: async (document) => {
        const keyid = await keyIn(io, document, args.revoked ?? "");
        if (document.revokedKeys.includes(keyid)) {
          throw wrongUse(`The key ${keyid} is revoked already.`);
        }
        const input = inputOf(document);
        return { ...input, revokedKeys: [...document.revokedKeys, keyid] };
      },
    });
  },
});

function roleNamed(text: string | undefined): RoleName {
  const role = ROLES.find((each) => each === text);
  if (role === undefined) throw wrongUse(`--role is one of ${ROLES.join(", ")}.`);
  return role;
}

function withThreshold(
  { threshold }: TrustRole,
  keyids: readonly string[],
  text: string | undefined,
): TrustRole {
  return { keyids, threshold: thresholdOf("--threshold", text, threshold) };
}

/** A role without keys goes, and a key without a role. */
function withoutIdle(input: TrustRootInput, role: RoleName, left: TrustRole): TrustRootInput {
  const { [role]: _, ...others } = input.roles;
  const roles = { ...others, ...(left.keyids.length === 0 ? {} : { [role]: left }) };
  if (!hasNeededRoles(roles)) {
    throw wrongUse(`The role ${role} would have no key. Add another key first.`);
  }
  return { ...input, roles };
}

function hasNeededRoles(roles: Partial<TrustRootInput["roles"]>): roles is TrustRootInput["roles"] {
  return roles.root !== undefined && roles.bundle !== undefined;
}

/** The one key of a root that an id, its beginning or a key file names. */
async function keyIn(io: Io, { keys }: TrustRootDocument, given: string): Promise<string> {
  const isFile = await exists(resolve(io.cwd, given));
  const wanted = isFile ? await thumbprint((await readRootKey(io, given)).publicJwk) : given;
  const found = Object.keys(keys).filter((id) => id === wanted || id.startsWith(wanted));
  const [keyid] = found;
  if (wanted !== "" && keyid !== undefined && found.length === 1) return keyid;
  const many = found.length === 0 ? "No key" : "More than one key";
  throw wrongUse(`${many} of the trust root has an id that begins with ${given}.`);
}

import { join, relative, resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import { wrongUse } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { findConfig, inProject } from "../config.ts";
import { EXIT } from "../exit-codes.ts";
import { exists, writeNew } from "../files.ts";
import type { Io } from "../io.ts";
import { counted, type Output } from "../output.ts";
import { newPassphrase, readRootKey, type RootKey } from "../keys.ts";
import { makeKey, makeKeyFolder } from "../new-keys.ts";
import { expiryOf, makeTrustRoot, thresholdOf } from "../trust-roots.ts";
import { KEY_FOLDER } from "./keygen.ts";

/** An envelope holds 16 signatures. */
const MOST_KEYS = 16;

/** `interlatch trust init`: who may sign what, signed itself, with the digest that hosts pin. */
export const trustInit: Command = defineCommand({
  summary: "Makes the first trust root: whose signatures count. Prints the pin that hosts keep",
  example: [
    "interlatch trust init --root .interlatch/keys/root.pem --bundle .interlatch/keys/bundle.pem --out trust-2.json",
    "a root that trusts one key for bundles; keys are private key files or public JWKs",
  ],
  args: {
    root: {
      type: "string",
      valueHint: "KEY",
      description: "A key that may change the trust root. Several: --root A --root B",
    },
    bundle: {
      type: "string",
      valueHint: "KEY",
      description: "A key that may sign bundles. Several: --bundle A --bundle B",
    },
    status: {
      type: "string",
      valueHint: "KEY",
      description:
        "A key that may sign the status document. It can stop calls and allow none, so it may be kept online",
    },
    audit: {
      type: "string",
      valueHint: "KEY",
      description: "A key that may sign checkpoints of the audit log",
    },
    approval: {
      type: "string",
      valueHint: "KEY",
      description: "A key that may sign the answers of reviewers",
    },
    keys: {
      type: "string",
      valueHint: "N",
      description:
        "Makes N root keys and N bundle keys, encrypted, in the folder of keys. For production: --keys 3",
    },
    threshold: {
      type: "string",
      valueHint: "N",
      description: "How many bundle keys must sign a bundle. Default: more than half of them",
    },
    "root-threshold": {
      type: "string",
      valueHint: "N",
      description: "How many root keys must sign a trust root. Default: more than half of them",
    },
    expires: {
      type: "string",
      valueHint: "DATE",
      description: "When it ends: 2027-01-31 or 2027-01-31T00:00:00Z. Default: in a year",
    },
    out: {
      type: "string",
      valueHint: "FILE",
      description: "Default: the project's trust root, or trust.json",
    },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
  },
  repeatable: ["root", "bundle", "status", "audit", "approval"],
  run: async ({ args, all, io, output }) => {
    const { out, path } = await target(io, args.out, args.config);
    if (await exists(path)) {
      throw new InterlatchError(
        "ERR_FILE",
        `${out} exists and is not overwritten. Give --out another name.`,
      );
    }
    const now = io.now();
    const expires = expiryOf(args.expires, now);
    const { root, bundle } =
      args.keys === undefined
        ? {
            root: await keysOf(io, "--root", all("root")),
            bundle: await keysOf(io, "--bundle", all("bundle")),
          }
        : await newKeys(io, output, args.keys, [...all("root"), ...all("bundle")], args.config);
    const made = await makeTrustRoot({
      root,
      bundle,
      status: await readKeys(io, all("status")),
      audit: await readKeys(io, all("audit")),
      approval: await readKeys(io, all("approval")),
      rootThreshold: thresholdOf("--root-threshold", args["root-threshold"], mostOf(root)),
      bundleThreshold: thresholdOf("--threshold", args.threshold, mostOf(bundle)),
      from: now,
      expires,
    });
    await writeNew(path, out, made.envelope);
    const { document, signatures, pin } = made;
    const missing = document.roles.root.threshold - signatures;
    output.say(`${out}: trust root 1, until ${document.expires}`);
    output.say(`  pin  ${out}#${pin}`);
    output.note("Hosts keep the pin in their code or environment, never beside the file.");
    if (missing > 0) {
      output.warn(
        `${out} needs ${counted(missing, "more signature")}: interlatch sign ${out} --key KEY, which keeps the pin.`,
      );
    }
    const { roles } = document;
    return {
      exit: EXIT.ok,
      json: {
        file: out,
        pin: `${out}#${pin}`,
        digest: pin,
        expires: document.expires,
        roles,
        signatures,
      },
    };
  },
});

async function target(
  io: Io,
  given: string | undefined,
  configFile: string | undefined,
): Promise<{ readonly out: string; readonly path: string }> {
  const config = given === undefined ? await findConfig(io, configFile) : undefined;
  const path =
    config === undefined
      ? resolve(io.cwd, given ?? "trust.json")
      : inProject(config, config.trust ?? "trust.json");
  return { path, out: given ?? relative(io.cwd, path) };
}

async function keysOf(
  io: Io,
  option: string,
  paths: readonly string[],
): Promise<readonly RootKey[]> {
  if (paths.length === 0) throw wrongUse(`${option} is missing: name at least one key.`);
  return readKeys(io, paths);
}

async function readKeys(io: Io, paths: readonly string[]): Promise<readonly RootKey[]> {
  const keys: RootKey[] = [];
  // One after the other: each may ask for a passphrase.
  for (const path of paths) keys.push(await readRootKey(io, path));
  return keys;
}

/** Two of three: one key that is lost stops nobody, and one that leaks signs nothing. */
function mostOf(keys: readonly RootKey[]): number {
  return Math.floor(keys.length / 2) + 1;
}

interface NewKeys {
  readonly root: readonly RootKey[];
  readonly bundle: readonly RootKey[];
}

/** Root and bundle keys that are made on the spot, always encrypted: they are to be handed to people. */
async function newKeys(
  io: Io,
  output: Output,
  text: string,
  named: readonly string[],
  configFile: string | undefined,
): Promise<NewKeys> {
  if (named.length > 0) throw wrongUse("--keys makes the keys; --root and --bundle name some.");
  const count = thresholdOf("--keys", text, 0);
  if (count > MOST_KEYS) throw wrongUse(`--keys makes at most ${MOST_KEYS} of each.`);
  const config = await findConfig(io, configFile);
  const shown = config?.keys ?? KEY_FOLDER;
  const folder = config === undefined ? resolve(io.cwd, shown) : inProject(config, shown);
  const protection = await newPassphrase(io, true);
  await makeKeyFolder(folder, shown);
  const make = async (name: string): Promise<RootKey> => {
    const signing = await makeKey(join(folder, `${name}.pem`), "Ed25519", protection);
    output.note(`${join(shown, `${name}.pem`)}: key ${signing.keyid}, encrypted`);
    return { publicJwk: signing.publicJwk, signing };
  };
  const keys: { readonly root: RootKey[]; readonly bundle: RootKey[] } = { root: [], bundle: [] };
  for (let number = 1; number <= count; number += 1) {
    keys.root.push(await make(`root-${number}`));
    keys.bundle.push(await make(`bundle-${number}`));
  }
  output.note(
    "Give each key to somebody else, with a passphrase of their own, and delete it here.",
  );
  return keys;
}

import { relative, resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import { wrongUse } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { findConfig, inProject } from "../config.ts";
import { instantOf, isInstant } from "../config-fields.ts";
import { EXIT } from "../exit-codes.ts";
import { exists, writeNew } from "../files.ts";
import type { Io } from "../io.ts";
import { counted } from "../output.ts";
import { readRootKey, type RootKey } from "../keys.ts";
import { makeTrustRoot } from "../trust-roots.ts";

/** How long a trust root lives when nothing else is said, in milliseconds. */
export const ROOT_LIFE_MS: number = 365 * 86_400_000;

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
    threshold: {
      type: "string",
      valueHint: "N",
      description: "How many bundle keys must sign a bundle. Default: 1",
    },
    "root-threshold": {
      type: "string",
      valueHint: "N",
      description: "How many root keys must sign a trust root. Default: 1",
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
  repeatable: ["root", "bundle"],
  run: async ({ args, all, io, output }) => {
    const { out, path } = await target(io, args.out, args.config);
    if (await exists(path)) {
      throw new InterlatchError(
        "ERR_FILE",
        `${out} exists and is not overwritten. Give --out another name.`,
      );
    }
    const now = io.now();
    const made = await makeTrustRoot({
      root: await keysOf(io, "--root", all("root")),
      bundle: await keysOf(io, "--bundle", all("bundle")),
      rootThreshold: thresholdOf("--root-threshold", args["root-threshold"]),
      bundleThreshold: thresholdOf("--threshold", args.threshold),
      from: now,
      expires: expiryOf(args.expires, now),
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
    const { roles, expires } = document;
    return {
      exit: EXIT.ok,
      json: { file: out, pin: `${out}#${pin}`, digest: pin, expires, roles, signatures },
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
  const keys: RootKey[] = [];
  // One after the other: each may ask for a passphrase.
  for (const path of paths) keys.push(await readRootKey(io, path));
  return keys;
}

function thresholdOf(option: string, text: string | undefined): number {
  const threshold = Number(text ?? "1");
  if (Number.isSafeInteger(threshold) && threshold >= 1) return threshold;
  throw wrongUse(`${option} is a whole number from 1 on; found ${text}.`);
}

function expiryOf(text: string | undefined, now: number): number {
  if (text === undefined) return now + ROOT_LIFE_MS;
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  if (!isInstant(instant)) {
    throw wrongUse(`--expires is a date like 2027-01-31 or 2027-01-31T00:00:00Z; found ${text}.`);
  }
  const expires = Date.parse(instant);
  if (expires <= now) throw wrongUse(`--expires lies in the past: ${instantOf(expires)}.`);
  return expires;
}

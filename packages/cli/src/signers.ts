import type { SigningKey } from "@interlatch/core/sign";
import { wrongUse } from "./arguments.ts";
import { externalSigner } from "./external-signer.ts";
import type { Io } from "./io.ts";
import { readPrivateKey, readRootKey } from "./keys.ts";

/** The options that say who signs. */
export const SIGNER_OPTIONS = {
  key: {
    type: "string",
    valueHint: "FILE",
    description:
      "A private key, mode 600. Encrypted: INTERLATCH_PASSPHRASE, or the terminal is asked. Several are fine",
  },
  "key-env": {
    type: "string",
    valueHint: "NAME",
    description: "An environment variable that holds a private key. Several are fine",
  },
  signer: {
    type: "string",
    valueHint: "COMMAND",
    description:
      "A program that signs: it gets the bytes in base64 on standard input and prints the signature in base64",
  },
  "signer-key": {
    type: "string",
    valueHint: "FILE",
    description: "The public key of --signer, as a JWK: what it prints is verified with it",
  },
  "signer-timeout": {
    type: "string",
    valueHint: "SECONDS",
    description: "How long --signer may take. Default: 60",
  },
} as const;

/** The values of {@link SIGNER_OPTIONS}. */
export interface SignerArguments {
  readonly files: readonly string[];
  readonly variables: readonly string[];
  readonly signer?: string | undefined;
  readonly "signer-key"?: string | undefined;
  readonly "signer-timeout"?: string | undefined;
}

/**
 * The keys of a command line, in its order: files, environment variables, a program.
 *
 * @throws ERR_KEY, ERR_KEY_PERMISSIONS, ERR_FILE; ERR_OPTIONS for --signer without its key
 */
export async function readSigners(io: Io, given: SignerArguments): Promise<readonly SigningKey[]> {
  const { files, variables, signer } = given;
  const keys: SigningKey[] = [];
  // One after the other: each may ask for a passphrase.
  for (const path of files) keys.push(await readPrivateKey(io, { kind: "file", path }));
  for (const name of variables) keys.push(await readPrivateKey(io, { kind: "variable", name }));
  if (signer === undefined) {
    if (given["signer-key"] !== undefined) throw wrongUse("--signer-key belongs to --signer.");
    return keys;
  }
  if (given["signer-key"] === undefined) {
    throw wrongUse("--signer needs --signer-key FILE: the public key that it signs for.");
  }
  const { publicJwk } = await readRootKey(io, given["signer-key"]);
  const timeoutMs = secondsOf(given["signer-timeout"]) * 1_000;
  return [...keys, await externalSigner(io, { command: signer, publicJwk, timeoutMs })];
}

function secondsOf(text: string | undefined): number {
  const seconds = Number(text ?? "60");
  if (seconds > 0 && seconds <= 3_600) return seconds;
  throw wrongUse(`--signer-timeout is a number of seconds up to 3600; found ${text}.`);
}

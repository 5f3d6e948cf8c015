import { resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import { readKeyFile, readKeyText } from "@interlatch/core/node";
import type { PublicJwk, SigningKey } from "@interlatch/core/sign";
import { wrongUse } from "./arguments.ts";
import { readText } from "./files.ts";
import type { Io } from "./io.ts";

/** The environment variable that holds the passphrase of private keys. */
export const PASSPHRASE = "INTERLATCH_PASSPHRASE";

const ENCRYPTED = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

/** Where a key comes from. */
export type KeyOrigin =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "variable"; readonly name: string };

/**
 * The private key of a file or an environment variable, decrypted where it is encrypted: with the passphrase of
 * `INTERLATCH_PASSPHRASE`, else with one that is asked for on the terminal.
 *
 * @throws ERR_KEY, ERR_KEY_PERMISSIONS
 */
export async function readPrivateKey(io: Io, origin: KeyOrigin): Promise<SigningKey> {
  if (origin.kind === "file") {
    const path = resolve(io.cwd, origin.path);
    // Read as text first to know whether a passphrase is needed; mode and form are judged by what opens it.
    const text = await readText(path, origin.path).catch(() => "");
    return readKeyFile(path, await passphraseFor(io, text, origin.path));
  }
  const value = io.env[origin.name];
  if (value === undefined || value === "") {
    throw new InterlatchError("ERR_KEY", `The environment variable ${origin.name} holds no key.`);
  }
  return readKeyText(value, await passphraseFor(io, value, origin.name));
}

async function passphraseFor(
  io: Io,
  text: string,
  name: string,
): Promise<{ readonly passphrase?: string }> {
  if (!text.trimStart().startsWith(ENCRYPTED)) return {};
  const given = io.env[PASSPHRASE];
  if (given !== undefined && given !== "") return { passphrase: given };
  if (io.askSecret !== undefined) {
    return { passphrase: await io.askSecret(`Passphrase of ${name}: `) };
  }
  throw new InterlatchError(
    "ERR_KEY",
    `The key ${name} is encrypted. Set ${PASSPHRASE}, or run this on a terminal, which asks for it.`,
  );
}

/**
 * The passphrase for new keys: of `INTERLATCH_PASSPHRASE`, or asked for twice where `wanted`.
 *
 * @returns nothing where keys are to be written unencrypted
 * @throws ERR_KEY when the two answers differ or are empty
 * @throws ERR_OPTIONS when it is wanted and there is neither a variable nor a terminal
 */
export async function newPassphrase(
  io: Io,
  wanted: boolean,
): Promise<{ readonly passphrase?: string }> {
  const given = io.env[PASSPHRASE];
  if (given !== undefined && given !== "") return { passphrase: given };
  if (!wanted) return {};
  if (io.askSecret === undefined) {
    throw wrongUse(
      `--passphrase asks on a terminal, and there is none. Set ${PASSPHRASE} instead.`,
    );
  }
  const passphrase = await io.askSecret("Passphrase for the new keys: ");
  const again = await io.askSecret("The same once more: ");
  if (passphrase === "") throw new InterlatchError("ERR_KEY", "The passphrase is empty.");
  if (passphrase !== again) throw new InterlatchError("ERR_KEY", "The two passphrases differ.");
  return { passphrase };
}

/** A key as a trust root needs it: the public part, and the private one where the file holds it. */
export interface RootKey {
  readonly publicJwk: PublicJwk;
  readonly signing?: SigningKey;
}

/**
 * Reads a key file that is either a private key or a public JWK.
 *
 * @throws ERR_FILE, ERR_KEY, ERR_KEY_PERMISSIONS
 */
export async function readRootKey(io: Io, path: string): Promise<RootKey> {
  const text = await readText(resolve(io.cwd, path), path);
  if (text.trimStart().startsWith("{")) return { publicJwk: readJwk(text, path) };
  const signing = await readPrivateKey(io, { kind: "file", path });
  return { publicJwk: signing.publicJwk, signing };
}

/** The members of a public key; whether they fit is judged where the trust root is built. */
function readJwk(text: string, path: string): PublicJwk {
  const jwk = parseObject(text, path);
  if (Object.hasOwn(jwk, "d")) {
    const message = `${path} is a private key as a JWK. Give it as PKCS#8 in PEM form, or the public one.`;
    throw new InterlatchError("ERR_KEY", message);
  }
  const { kty, crv, x, y } = jwk;
  if (kty === "OKP" && crv === "Ed25519" && typeof x === "string") return { kty, crv, x };
  if (kty === "EC" && crv === "P-256" && typeof x === "string" && typeof y === "string") {
    return { kty, crv, x, y };
  }
  throw new InterlatchError("ERR_KEY", `${path} is no public key of Ed25519 or P-256.`);
}

function parseObject(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    // Begins with a brace, so what parses is an object; each member is checked where it is read.
    return value as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new InterlatchError("ERR_KEY", `${path} is no JSON.`, { cause });
  }
}

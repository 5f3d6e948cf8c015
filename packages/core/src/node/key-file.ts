import { createPrivateKey } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { InterlatchError } from "../errors/errors.ts";
import { type SigningKey, importPrivateKey } from "../sign/key.ts";
import { decodePem } from "../sign/pem.ts";
import { encryptPkcs8 } from "./encrypt-pkcs8.ts";
import { isFault } from "./file-lock.ts";
import { type OrdinaryFile, openOrdinaryFile } from "./ordinary-file.ts";

/** How a private key is protected. */
export interface KeyFileOptions {
  /** Encrypts the key when it is written; needed when an encrypted key is read. */
  readonly passphrase?: string;
}

const MAX_BYTES = 65_536;
/** Everybody but the owner. */
const OTHERS = 0o077;

/**
 * Writes a private key to a new file that only its owner may read. An existing file is never overwritten: a key
 * that is gone takes with it everything only it could sign.
 *
 * @param privateKey - PKCS#8 PEM text, not encrypted, from `generateKey`
 * @throws ERR_KEY when the file exists, the key is not PKCS#8 or the passphrase is empty
 * @example
 * ```ts
 * import { writeKeyFile } from "@interlatch/core/node";
 * import { generateKey } from "@interlatch/core/sign";
 * const { keyid, privateKey } = await generateKey();
 * await writeKeyFile(`.interlatch/keys/${keyid}.pem`, privateKey, { passphrase: "correct horse" });
 * ```
 */
export async function writeKeyFile(
  path: string,
  privateKey: string,
  { passphrase }: KeyFileOptions = {},
): Promise<void> {
  const pkcs8 = decodePem(privateKey);
  // What an unset variable becomes in a shell script: a key that looks encrypted and is not.
  if (passphrase === "") throw new InterlatchError("ERR_KEY", "The passphrase is empty.");
  const text = passphrase === undefined ? privateKey : await encryptPkcs8(pkcs8, passphrase);
  const file = await openNew(path);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx", 0o600);
  } catch (cause) {
    const why = isFault(cause, "EEXIST") ? "exists and is not overwritten" : "cannot be created";
    throw new InterlatchError("ERR_KEY", `The key file ${path} ${why}.`, { cause });
  }
}

/**
 * Reads a private key from a file that only its owner may read.
 *
 * @throws ERR_KEY_PERMISSIONS when others may read or write the file (not judged on Windows)
 * @throws ERR_KEY when it is no key, or encrypted and the passphrase is missing or wrong
 */
export async function readKeyFile(path: string, options: KeyFileOptions = {}): Promise<SigningKey> {
  const { handle, stat } = await openKey(path);
  try {
    checkMode(path, stat.mode);
    if (stat.size > MAX_BYTES) throw new InterlatchError("ERR_KEY", `The file ${path} is no key.`);
    return await readKeyText(await handle.readFile("utf8"), options);
  } finally {
    await handle.close();
  }
}

async function openKey(path: string): Promise<OrdinaryFile> {
  try {
    return await openOrdinaryFile(path);
  } catch (cause) {
    const why = cause instanceof Error ? ` ${cause.message}` : "";
    throw new InterlatchError("ERR_KEY", `The key file cannot be read:${why}.`, { cause });
  }
}

function checkMode(path: string, mode: number): void {
  if (process.platform === "win32" || (mode & OTHERS) === 0) return;
  throw new InterlatchError(
    "ERR_KEY_PERMISSIONS",
    `Others than its owner may use the key file ${path} (mode ${(mode & 0o777).toString(8)}); run chmod 600.`,
  );
}

/**
 * Reads a private key from text, such as the value of an environment variable. `\n` written as two characters,
 * as many deployment tools store it, is a line end.
 *
 * @throws ERR_KEY
 */
export async function readKeyText(
  value: string,
  { passphrase }: KeyFileOptions = {},
): Promise<SigningKey> {
  const pem = value.replaceAll("\\n", "\n").trim();
  const encrypted = pem.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
  return importPrivateKey(encrypted && passphrase !== undefined ? decrypt(pem, passphrase) : pem);
}

function decrypt(pem: string, passphrase: string): string {
  try {
    return createPrivateKey({ key: pem, passphrase })
      .export({ type: "pkcs8", format: "pem" })
      .toString();
  } catch (cause) {
    throw new InterlatchError(
      "ERR_KEY",
      "The private key cannot be decrypted with this passphrase.",
      {
        cause,
      },
    );
  }
}

import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { writeKeyFile } from "@interlatch/core/node";
import {
  type Algorithm,
  generateKey,
  importPrivateKey,
  type SigningKey,
} from "@interlatch/core/sign";
import { asFileError, exists, writeNew } from "./files.ts";

/** Makes a folder for keys, with a `.gitignore` of its own: no key in it can be committed by accident. */
export async function makeKeyFolder(path: string, shown: string): Promise<void> {
  await asFileError(`${shown} cannot be made`, () => mkdir(path, { recursive: true, mode: 0o700 }));
  const ignore = `${path}/.gitignore`;
  if (!(await exists(ignore))) await writeNew(ignore, `${shown}/.gitignore`, "*\n");
}

/**
 * Makes a key and writes it to a new file that only its owner may read.
 *
 * @throws ERR_KEY when the file exists
 */
export async function makeKey(
  path: string,
  alg: Algorithm,
  protection: { readonly passphrase?: string },
): Promise<SigningKey> {
  const { privateKey } = await generateKey({ alg });
  await asFileError(`${dirname(path)} cannot be made`, () =>
    mkdir(dirname(path), { recursive: true }),
  );
  await writeKeyFile(path, privateKey, protection);
  return importPrivateKey(privateKey);
}

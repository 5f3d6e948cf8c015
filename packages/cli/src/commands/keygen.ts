import { join, resolve } from "node:path";
import type { Algorithm } from "@interlatch/core/sign";
import { wrongUse } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { findConfig, inProject } from "../config.ts";
import { EXIT } from "../exit-codes.ts";
import { writeNew } from "../files.ts";
import type { Io } from "../io.ts";
import { newPassphrase, PASSPHRASE } from "../keys.ts";
import { makeKey, makeKeyFolder } from "../new-keys.ts";

/** Where keys go when nothing else is said. */
export const KEY_FOLDER = ".interlatch/keys";

const ALGORITHMS: readonly Algorithm[] = ["Ed25519", "ES256"];

/** `interlatch keygen`: a key pair, the private one in a file that only its owner may read. */
export const keygen: Command = defineCommand({
  summary: "Makes a key and writes the private one to a file that only you may read",
  example: [
    "interlatch keygen --out .interlatch/keys/second.pem",
    "another key, to reach a threshold of two",
  ],
  args: {
    alg: {
      type: "enum",
      options: ["Ed25519", "ES256"],
      description: "The algorithm. Default: Ed25519",
    },
    out: {
      type: "string",
      valueHint: "FILE",
      description: "The file of the private key. Default: key.pem in the project's folder of keys",
    },
    public: {
      type: "string",
      valueHint: "FILE",
      description: "Writes the public key there too, as a JWK, for `trust init`",
    },
    passphrase: {
      type: "boolean",
      description: `Encrypts the key with a passphrase that is asked for; ${PASSPHRASE} does it without asking`,
    },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
  },
  run: async ({ args, io, output }) => {
    const alg = ALGORITHMS.find((each) => each === (args.alg ?? "Ed25519"));
    if (alg === undefined) throw wrongUse(`--alg is one of ${ALGORITHMS.join(", ")}.`);
    const { path, shown } = await target(io, args.out, args.config);
    const protection = await newPassphrase(io, args.passphrase === true);
    const { keyid, publicJwk } = await makeKey(path, alg, protection);
    const encrypted = protection.passphrase !== undefined;
    if (args.public !== undefined) {
      const text = `${JSON.stringify(publicJwk, null, 2)}\n`;
      await writeNew(resolve(io.cwd, args.public), args.public, text);
    }
    output.say(
      `${shown}: a private ${alg} key, ${encrypted ? "encrypted" : "not encrypted"}, mode 600`,
    );
    output.say(`  key id  ${keyid}`);
    output.say(`  public  ${JSON.stringify(publicJwk)}`);
    if (!encrypted) output.note(`To encrypt keys, set ${PASSPHRASE} or add --passphrase.`);
    return { exit: EXIT.ok, json: { file: shown, keyid, alg, encrypted, publicJwk } };
  },
});

async function target(
  io: Io,
  out: string | undefined,
  given: string | undefined,
): Promise<{ readonly path: string; readonly shown: string }> {
  if (out !== undefined) return { path: resolve(io.cwd, out), shown: out };
  const config = await findConfig(io, given);
  const folder = config?.keys ?? KEY_FOLDER;
  const absolute = config === undefined ? resolve(io.cwd, folder) : inProject(config, folder);
  await makeKeyFolder(absolute, folder);
  return { path: join(absolute, "key.pem"), shown: join(folder, "key.pem") };
}

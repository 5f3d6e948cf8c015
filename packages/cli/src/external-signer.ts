import { spawn } from "node:child_process";
import { InterlatchError } from "@interlatch/core";
import { type SigningKey, algorithmOf, type PublicJwk, thumbprint } from "@interlatch/core/sign";
import { wrongUse } from "./arguments.ts";
import type { Io } from "./io.ts";
import { PASSPHRASE } from "./keys.ts";

/** A program that holds a key, for a KMS, a hardware token or an agent. */
export interface ExternalSigner {
  /** The program and its arguments, in one text; see {@link wordsOf}. */
  readonly command: string;
  readonly publicJwk: PublicJwk;
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** A signature has 88 characters; a program that prints more than this prints something else. */
const MAX_OUTPUT = 4_096;
/** Ed25519, and ES256 in IEEE P1363 form. */
const SIGNATURE = /^[A-Za-z0-9+/]{86}==$/;

/**
 * A key that a program holds. It gets the bytes to sign in base64 on standard input and prints the signature in base64.
 * No shell reads its command line. What it prints is verified with the public key before it is used.
 */
export async function externalSigner(io: Io, signer: ExternalSigner): Promise<SigningKey> {
  const [program, ...parameters] = wordsOf(signer.command);
  if (program === undefined) throw wrongUse("--signer names no program.");
  const { publicJwk, timeoutMs } = signer;
  return {
    keyid: await thumbprint(publicJwk),
    alg: algorithmOf(publicJwk),
    publicJwk,
    sign: async (message) => {
      const printed = await ask(io, { program, parameters, timeoutMs }, message);
      if (!SIGNATURE.test(printed)) {
        throw failed(program, "printed no signature: 64 bytes in base64 are expected");
      }
      return new Uint8Array(Buffer.from(printed, "base64"));
    },
  };
}

/**
 * Splits a command line at white space; what stands in `'…'` or `"…"` is one word. Nothing else has a meaning: no
 * variables, no escapes.
 *
 * @throws ERR_OPTIONS for a quotation mark without its other
 */
export function wordsOf(command: string): readonly string[] {
  const rest = command.replaceAll(/'[^']*'|"[^"]*"/g, "");
  if (/['"]/.test(rest)) throw wrongUse("--signer has a quotation mark without its other.");
  const words = command.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /'([^']*)'|"([^"]*)"/g,
      (_, single?: string, double?: string) => single ?? double ?? "",
    ),
  );
}

interface Asked {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly timeoutMs: number;
}

function ask(
  io: Io,
  { program, parameters, timeoutMs }: Asked,
  message: Uint8Array,
): Promise<string> {
  return new Promise((resolve, reject) => {
    // How other keys are opened is nothing that it needs to know.
    const { [PASSPHRASE]: _, ...env } = io.env;
    const child = spawn(program, parameters, {
      cwd: io.cwd,
      env,
      stdio: ["pipe", "pipe", "inherit"],
      shell: false,
    });
    let printed = "";
    const refuse = (why: string, cause?: unknown): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(failed(program, why, cause));
    };
    const timer = setTimeout(
      () => refuse(`did not answer within ${timeoutMs / 1_000} s`),
      timeoutMs,
    );
    child.on("error", (error) => refuse(`cannot be started: ${error.message}`, error));
    // A program that does not read its input is judged by what it prints.
    child.stdin.on("error", () => undefined);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      if (printed.length > MAX_OUTPUT) refuse("printed no signature: far more than one");
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(printed.trim());
      else refuse(signal === null ? `ended with ${code}` : `was ended by ${signal}`);
    });
    child.stdin.end(Buffer.from(message).toString("base64"));
  });
}

function failed(program: string, why: string, cause?: unknown): InterlatchError {
  return new InterlatchError("ERR_KEY", `The signer ${program} ${why}.`, { cause });
}

import { resolve } from "node:path";
import type { VerifiedBundle } from "@interlatch/core";
import { fileRollback } from "@interlatch/core/node";
import { wrongUse } from "../arguments.ts";
import {
  type Check,
  type Demands,
  identityOf,
  type Verification,
  verifyByChecks,
} from "../checks.ts";
import { type Command, defineCommand, type Outcome } from "../command.ts";
import { findConfig, inProject } from "../config.ts";
import { EXIT, exitOf } from "../exit-codes.ts";
import { exists, readBytes } from "../files.ts";
import type { Io } from "../io.ts";
import { counted, type Output, visible } from "../output.ts";

/** `interlatch verify`: what a guard does with a bundle, check by check, with an exit code for each kind of failure. */
export const verify: Command = defineCommand({
  summary: "Checks a bundle as a host does, shows each check, and exits by the kind of failure",
  example: [
    "interlatch verify my-agent-1.bundle.json --trust trust.json#sha256:… --audience dev-team",
    "the pin is what `interlatch init` or `interlatch trust init` printed",
  ],
  args: {
    bundle: { type: "positional", description: "A *.bundle.json" },
    trust: {
      type: "string",
      valueHint: "FILE#sha256:HEX",
      description: "The trust root and its pin. Required; a pin alone is of the project's root",
    },
    audience: { type: "string", valueHint: "NAME", description: "The environment. Required" },
    id: { type: "string", valueHint: "ID", description: "The stream that is demanded" },
    "min-version": {
      type: "string",
      valueHint: "N",
      description: "The lowest version that is taken",
    },
    "allow-shadow": {
      type: "boolean",
      description: "Takes a policy that says `mode: shadow` and enforces nothing",
    },
    "max-lifetime-days": {
      type: "string",
      valueHint: "N",
      description: "The longest life that is taken. Default: 30",
    },
    rollback: {
      type: "string",
      valueHint: "FILE",
      description:
        "The rollback state of a host. It moves forward as when the host loads the bundle",
    },
    now: {
      type: "string",
      valueHint: "INSTANT",
      description: "The time to judge by, like 2026-01-31T00:00:00Z. Default: now",
    },
  },
  run: async ({ args, io, output }) => {
    const file = args.bundle ?? "";
    const demands = await demandsOf(io, args);
    const bytes = await readBytes(resolve(io.cwd, file), file);
    const verification = await verifyByChecks(bytes, demands);
    printChecks(verification.checks, output);
    if (demands.rollback === undefined) {
      output.note(
        "No rollback state was used, so an older bundle would not be noticed: --rollback FILE names one.",
      );
    }
    return answer(verification, output);
  },
});

interface Given {
  readonly trust?: string | undefined;
  readonly audience?: string | undefined;
  readonly id?: string | undefined;
  readonly "min-version"?: string | undefined;
  readonly "allow-shadow"?: boolean | undefined;
  readonly "max-lifetime-days"?: string | undefined;
  readonly rollback?: string | undefined;
  readonly now?: string | undefined;
}

async function demandsOf(io: Io, args: Given): Promise<Demands> {
  if (args.audience === undefined) {
    throw wrongUse("--audience is missing: the environment whose host this is, such as `prod`.");
  }
  const { trust, pin } = await readTrust(io, args.trust);
  return {
    trust,
    pin,
    audience: args.audience,
    now: args.now === undefined ? io.now() : instantOf(args.now),
    ...(args.id === undefined ? {} : { id: args.id }),
    ...(args["allow-shadow"] === true ? { allowShadow: true } : {}),
    ...optionalNumber("--min-version", "minVersion", args["min-version"]),
    ...optionalNumber("--max-lifetime-days", "maxLifetimeDays", args["max-lifetime-days"]),
    ...(args.rollback === undefined
      ? {}
      : { rollback: fileRollback(resolve(io.cwd, args.rollback)) }),
  };
}

/** The trust root and its pin. A pin alone is of the trust root that the project's config names. */
async function readTrust(
  io: Io,
  given: string | undefined,
): Promise<{ readonly trust: Uint8Array; readonly pin: string }> {
  const form = "--trust trust.json#sha256:<64 hexadecimal digits>";
  if (given === undefined) throw wrongUse(`${form} is missing.`);
  const [, named, pin] = /^(?:(.+)#)?(sha256:[0-9a-f]{64})$/.exec(given) ?? [];
  const file = named ?? (pin === undefined ? undefined : await projectRoot(io));
  if (file === undefined || pin === undefined) {
    const noPin = (await exists(resolve(io.cwd, given)))
      ? " A root without its pin proves nothing."
      : "";
    throw wrongUse(`The trust root is named with its pin: ${form}.${noPin}`);
  }
  return { trust: await readBytes(resolve(io.cwd, file), file), pin };
}

async function projectRoot(io: Io): Promise<string | undefined> {
  const config = await findConfig(io, undefined);
  return config?.trust === undefined ? undefined : inProject(config, config.trust);
}

function instantOf(text: string): number {
  const time = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) && Number.isFinite(time)) return time;
  throw wrongUse(`--now is an instant like 2026-01-31T00:00:00Z; found ${text}.`);
}

function optionalNumber<Name extends string>(
  option: string,
  name: Name,
  text: string | undefined,
): { readonly [Key in Name]?: number } {
  if (text === undefined) return {};
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw wrongUse(`${option} is a whole number from 1 on; found ${text}.`);
  }
  return { [name]: value } as { readonly [Key in Name]: number }; // a computed key loses its name
}

function printChecks(checks: readonly Check[], { say, note, paint }: Output): void {
  const marks = {
    passed: paint.green("ok         "),
    failed: paint.red("failed     "),
    "not asked": paint.yellow("not asked  "),
    "not reached": paint.dim("not reached"),
  };
  for (const { result, about } of checks) {
    const line = `${marks[result]}  ${about}`;
    if (result === "failed") say(line);
    else note(line);
  }
}

function answer(verification: Verification, output: Output): Outcome {
  const { checks } = verification;
  if (!verification.ok) {
    const { code, message } = verification.error;
    output.warn(`${output.paint.red("error")} ${output.paint.dim(code)} ${visible(message)}`);
    return { exit: exitOf(code), json: { error: { code, message, checks } } };
  }
  output.say(bundleLine(verification.bundle));
  return {
    exit: EXIT.ok,
    json: { ok: true, bundle: identityOf(verification.bundle), checks },
  };
}

function bundleLine({ payload, digest, signers }: VerifiedBundle): string {
  const { id, version, audience, expires } = payload;
  const signed = `signed by ${counted(signers.length, "key")}`;
  return visible(
    `valid: ${id} version ${version} for ${audience.join(", ")}, until ${expires}, ${signed}, sha256:${digest}`,
  );
}

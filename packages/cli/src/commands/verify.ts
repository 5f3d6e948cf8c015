import { resolve } from "node:path";
import { type BundlePayload, InterlatchError, type VerifiedBundle } from "@interlatch/core";
import { fileRollback } from "@interlatch/core/node";
import { numberOption, wrongUse } from "../arguments.ts";
import {
  type Check,
  type Demands,
  identityOf,
  type Verification,
  verifyByChecks,
} from "../checks.ts";
import { type Command, defineCommand, type Outcome } from "../command.ts";
import { readConfig } from "../config.ts";
import { EXIT, exitOf } from "../exit-codes.ts";
import { readBytes } from "../files.ts";
import type { Io } from "../io.ts";
import { LOCK_FILE, lockfileAt } from "../lockfile.ts";
import { counted, type Output, visible } from "../output.ts";
import { readPinnedRoot } from "../pinned-root.ts";
import { type Deviation, rebuild } from "../rebuild.ts";

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
    locked: {
      type: "boolean",
      description: "Takes exactly the bundle that the lockfile names",
    },
    lock: { type: "string", valueHint: "FILE", description: `The lockfile. Default: ${LOCK_FILE}` },
    rebuild: {
      type: "boolean",
      description: "Builds the payload anew of the project's sources: it must be the same bytes",
    },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
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
    const rebuilding = new Rebuilding(io, args.config, output);
    const verification = await verifyByChecks(bytes, {
      ...demands,
      ...(args.rebuild === true ? { rebuild: rebuilding.compare } : {}),
    });
    printChecks(verification.checks, output);
    if (demands.rollback === undefined) {
      output.note(
        "No rollback state was used, so an older bundle would not be noticed: --rollback FILE names one.",
      );
    }
    return answer(verification, rebuilding.deviations, output);
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
  readonly locked?: boolean | undefined;
  readonly lock?: string | undefined;
  readonly now?: string | undefined;
}

async function demandsOf(io: Io, args: Given): Promise<Demands> {
  if (args.audience === undefined) {
    throw wrongUse("--audience is missing: the environment whose host this is, such as `prod`.");
  }
  const { trust, pin } = await readPinnedRoot(io, args.trust);
  const minVersion = numberOption("--min-version", args["min-version"]);
  const maxLifetimeDays = numberOption("--max-lifetime-days", args["max-lifetime-days"]);
  return {
    trust,
    pin,
    audience: args.audience,
    now: args.now === undefined ? io.now() : instantOf(args.now),
    ...(args.id === undefined ? {} : { id: args.id }),
    ...(args["allow-shadow"] === true ? { allowShadow: true } : {}),
    ...(args.locked === true ? { lockfile: await lockfileAt(io, args.lock ?? LOCK_FILE) } : {}),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxLifetimeDays === undefined ? {} : { maxLifetimeDays }),
    ...(args.rollback === undefined
      ? {}
      : { rollback: fileRollback(resolve(io.cwd, args.rollback)) }),
  };
}

function instantOf(text: string): number {
  const time = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) && Number.isFinite(time)) return time;
  throw wrongUse(`--now is an instant like 2026-01-31T00:00:00Z; found ${text}.`);
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

/** Builds what is verified anew, and keeps in what it differs. */
class Rebuilding {
  /** Empty, as long as nothing was found. */
  deviations: readonly Deviation[] = [];
  readonly #io: Io;
  readonly #config: string | undefined;
  readonly #output: Output;

  constructor(io: Io, config: string | undefined, output: Output) {
    this.#io = io;
    this.#config = config;
    this.#output = output;
  }

  /** @throws ERR_POLICY where the sources make another payload, or none */
  readonly compare = async (payload: BundlePayload, bytes: Uint8Array): Promise<void> => {
    const config = await readConfig(this.#io, this.#config);
    this.deviations = await rebuild(payload, bytes, config, this.#output);
    if (this.deviations.length === 0) return;
    throw new InterlatchError(
      "ERR_POLICY",
      `The sources make another payload: ${counted(this.deviations.length, "thing")} differ.`,
    );
  };
}

function answer(
  verification: Verification,
  deviations: readonly Deviation[],
  output: Output,
): Outcome {
  const { checks } = verification;
  if (!verification.ok) {
    const { code, message } = verification.error;
    output.warn(`${output.paint.red("error")} ${output.paint.dim(code)} ${visible(message)}`);
    for (const { what, bundle, sources } of deviations) {
      output.warn(`  ${visible(what)}: ${inBundle(bundle)}, ${inSources(sources)}`);
    }
    const found = deviations.length === 0 ? {} : { deviations };
    return { exit: exitOf(code), json: { error: { code, message, checks, ...found } } };
  }
  output.say(bundleLine(verification.bundle));
  return {
    exit: EXIT.ok,
    json: { ok: true, bundle: identityOf(verification.bundle), checks },
  };
}

function inBundle(value: string | null): string {
  return value === null ? "not in the bundle" : `${visible(value)} in the bundle`;
}

function inSources(value: string | null): string {
  return value === null ? "and nothing of it in the sources" : `${visible(value)} by the sources`;
}

function bundleLine({ payload, digest, signers }: VerifiedBundle): string {
  const { id, version, audience, expires } = payload;
  const signed = `signed by ${counted(signers.length, "key")}`;
  return visible(
    `valid: ${id} version ${version} for ${audience.join(", ")}, until ${expires}, ${signed}, sha256:${digest}`,
  );
}

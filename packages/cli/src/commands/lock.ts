import { resolve } from "node:path";
import {
  type LockedVersion,
  type Lockfile,
  memoryRollback,
  type RollbackEntry,
  type RollbackStore,
} from "@interlatch/core";
import { numberOption } from "../arguments.ts";
import { fieldsOf, readDocument } from "../bundle-files.ts";
import { verifyByChecks } from "../checks.ts";
import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { readBytes } from "../files.ts";
import type { Io } from "../io.ts";
import { LOCK_FILE, lockfileToChange, writeLockfile } from "../lockfile.ts";
import { type Output, visible } from "../output.ts";
import { type PinnedRoot, readPinnedRoot } from "../pinned-root.ts";

/** `interlatch lock`: what a deployment holds at least, for hosts that forget. */
export const lock: Command = defineCommand({
  summary: "Verifies bundles and writes their versions and digests to the lockfile",
  example: [
    "interlatch lock my-agent-1.bundle.json --trust trust.json#sha256:…",
    `writes ${LOCK_FILE}; commit it, and deploy it with \`lockedRollback\``,
  ],
  args: {
    bundle: { type: "positional", description: "A *.bundle.json. Several are fine" },
    trust: {
      type: "string",
      valueHint: "FILE#sha256:HEX",
      description: "The trust root and its pin. Required; a pin alone is of the project's root",
    },
    audience: {
      type: "string",
      valueHint: "NAME",
      description: "The environment. Several are fine. Default: all that the bundle names",
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
    lock: { type: "string", valueHint: "FILE", description: `The lockfile. Default: ${LOCK_FILE}` },
  },
  repeatable: ["audience"],
  isLastRepeatable: true,
  run: async ({ args, all, operands, io, output }) => {
    const file = args.lock ?? LOCK_FILE;
    const before = await lockfileToChange(io, file);
    const locking = await Locking.after(before, {
      root: await readPinnedRoot(io, args.trust),
      allowShadow: args["allow-shadow"] === true,
      maxLifetimeDays: numberOption("--max-lifetime-days", args["max-lifetime-days"]),
    });
    for (const bundle of operands) await locking.add(io, bundle, all("audience"));
    const after = await locking.result();
    await writeLockfile(io, file, after);
    tell(file, before, after, output);
    return { exit: EXIT.ok, json: { file, ...after } };
  },
});

interface Demanded {
  readonly root: PinnedRoot;
  readonly allowShadow: boolean;
  readonly maxLifetimeDays: number | undefined;
}

/** A lockfile that only grows: what it holds is the rollback state that new bundles are verified with. */
class Locking {
  readonly #state: RollbackStore = memoryRollback();
  readonly #streams: Set<string>;
  readonly #demanded: Demanded;

  private constructor({ streams }: Lockfile, demanded: Demanded) {
    this.#streams = new Set(Object.keys(streams));
    this.#demanded = demanded;
  }

  static async after(before: Lockfile, demanded: Demanded): Promise<Locking> {
    const locking = new Locking(before, demanded);
    const { root, streams } = before;
    if (root !== undefined) await locking.#state.advance("root", entryOf(root));
    for (const [name, locked] of Object.entries(streams)) {
      await locking.#state.advance(`bundle:${name}`, entryOf(locked));
    }
    return locking;
  }

  /** @throws what a host would refuse the bundle with */
  async add(io: Io, file: string, audiences: readonly string[]): Promise<void> {
    const bytes = await readBytes(resolve(io.cwd, file), file);
    const { root, allowShadow, maxLifetimeDays } = this.#demanded;
    for (const audience of audiences.length > 0 ? audiences : audiencesOf(bytes, file)) {
      const verification = await verifyByChecks(bytes, {
        ...root,
        audience,
        now: io.now(),
        rollback: this.#state,
        allowShadow,
        ...(maxLifetimeDays === undefined ? {} : { maxLifetimeDays }),
      });
      if (!verification.ok) throw verification.error;
      this.#streams.add(`${verification.bundle.payload.id}#${audience}`);
    }
  }

  async result(): Promise<Lockfile> {
    const streams: [string, LockedVersion][] = [];
    for (const name of this.#streams) {
      const kept = await this.#state.get(`bundle:${name}`);
      if (kept !== undefined) streams.push([name, lockedOf(kept)]);
    }
    const root = await this.#state.get("root");
    return {
      format: 1,
      ...(root === undefined ? {} : { root: lockedOf(root) }),
      streams: Object.fromEntries(streams),
    };
  }
}

/** The environments that a bundle says it is for; each is verified afterwards. */
function audiencesOf(bytes: Uint8Array, file: string): readonly string[] {
  const { audience } = fieldsOf(readDocument(bytes, file), file);
  const names = Array.isArray(audience) ? audience : [];
  const texts = names.filter((name) => typeof name === "string");
  // Nobody's: the payload's own check then says what is wrong with it.
  return texts.length > 0 ? texts : ["none"];
}

function entryOf({ version, digest }: LockedVersion): RollbackEntry {
  return { version, digest: digest.replace("sha256:", "") };
}

function lockedOf({ version, digest }: RollbackEntry): LockedVersion {
  return { version, digest: `sha256:${digest}` };
}

function tell(file: string, before: Lockfile, after: Lockfile, { say, note }: Output): void {
  say(file);
  for (const [name, { version, digest }] of Object.entries(after.streams)) {
    const old = Object.hasOwn(before.streams, name) ? before.streams[name]?.version : undefined;
    const was = old === undefined ? "new" : old === version ? "as before" : `was ${old}`;
    note(`  ${visible(name)}  version ${version}  ${digest}  ${was}`);
  }
}

import { createHash } from "node:crypto";
import {
  type BundleSource,
  type Decision,
  type Guard,
  type GuardEvents,
  type GuardOptions,
  type Identity,
  memoryRollback,
  type MemoryAudit,
  type Policy,
  type RollbackStore,
  type StatusOptions,
} from "@interlatch/core";
import { type FakeClock, fakeClock } from "@interlatch/core/testing";
import { readAnyEnvelope, type StatusInput } from "@interlatch/core/sign";
import { policyOf } from "./policies.ts";
import { BEGIN, guardOver, type Signing } from "./signed.ts";

/** One hour in milliseconds: how long a status of the stage still lives when it begins. */
export const HOUR = 3_600_000;

/** A policy of one stream that allows a tool that reads and two that write. */
export function openPolicy(id = "shop"): Policy {
  return policyOf({
    id,
    tools: { look: { operation: "read" }, pay: {}, "pay.later": {} },
    rules: [{ action: "allow" }],
  });
}

/** A place that bytes are read from, and that other bytes can be put in. */
export interface Place extends BundleSource {
  /** Text: what is there. An error: it cannot be read. */
  content: string | Error;
  reads: number;
}

/** Makes a {@link Place}. */
export function placeOf(content: string | Error, name: string): Place {
  const place: Place = {
    name,
    content,
    reads: 0,
    read: async () => {
      place.reads += 1;
      if (place.content instanceof Error) throw place.content;
      return new TextEncoder().encode(place.content);
    },
  };
  return place;
}

/** Version and digest of a signed document, as a status names it. */
export function named(envelope: string): { readonly version: number; readonly digest: string } {
  const { payload } = readAnyEnvelope(new TextEncoder().encode(envelope));
  const { version } = JSON.parse(new TextDecoder().decode(payload)) as { version: number }; // our own document
  return { version, digest: createHash("sha256").update(payload).digest("hex") };
}

/** A guard with a status, and all that goes into it. */
export interface Stage {
  readonly guard: Guard;
  readonly audit: MemoryAudit;
  readonly bundle: Place;
  readonly status: Place;
  readonly clock: FakeClock;
  readonly rollback: RollbackStore;
  /** Signs a status that names the bundle of the stage, puts it in place, and has the guard read it. */
  publish(is?: Partial<StatusInput>): Promise<void>;
  /** The same without the guard. */
  put(is?: Partial<StatusInput>): Promise<void>;
  /** A preview of a call. */
  ask(tool?: string, identity?: Partial<Identity>): Decision;
  /** The next event of a kind. */
  next<Name extends keyof GuardEvents>(name: Name): Promise<GuardEvents[Name]>;
}

/** What a {@link stage} is made with. */
export interface StageOptions {
  /** The first status; `null`: there is none. Default: version 1, which names the bundle. */
  readonly first?: Partial<StatusInput> | null;
  /** `null`: the guard has no status at all. */
  readonly use?: Omit<StatusOptions, "source"> | null;
  readonly bundle?: string;
  readonly rollback?: RollbackStore;
  readonly more?: Partial<GuardOptions>;
}

/** Starts a guard over a bundle of version 1 and a status of version 1, an hour after both began. */
export async function stage(signing: Signing, options: StageOptions = {}): Promise<Stage> {
  const { first = {}, use = {}, rollback = memoryRollback(), more = {} } = options;
  const bundle = placeOf(options.bundle ?? (await signing.bundle(openPolicy())), "bundle");
  const streams = () => ({ shop: named(String(bundle.content)) });
  const signed = (is: Partial<StatusInput>) => signing.status({ streams: streams(), ...is });
  const status = placeOf(first === null ? new Error("not there") : await signed(first), "status");
  const clock = fakeClock(BEGIN + HOUR);
  const { guard, audit } = await guardOver(bundle, signing.trust, {
    clock: clock.now,
    rollback,
    ...(use === null ? {} : { status: { source: status, ...use } }),
    ...more,
  });
  const put = async (is: Partial<StatusInput> = {}): Promise<void> => {
    status.content = await signed(is);
  };
  return {
    guard,
    audit,
    bundle,
    status,
    clock,
    rollback,
    put,
    publish: async (is) => {
      await put(is);
      await guard.refresh();
    },
    ask: (tool = "pay", identity = {}) => {
      const ticket = guard.for({ agent: { id: "clerk" }, session: "s1", ...identity });
      return guard.decide({ ticket, id: "c1", tool, arguments: {} });
    },
    next: (name) =>
      new Promise((resolve) => {
        const end = guard.on(name, (event) => {
          end();
          resolve(event);
        });
      }),
  };
}

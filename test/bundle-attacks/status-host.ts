import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  createGuard,
  type Decision,
  type DecisionCode,
  type ErrorCode,
  type Guard,
  memoryAudit,
  memoryRollback,
  type RollbackStore,
} from "@interlatch/core";
import type { SigningKey, TrustRootInput } from "@interlatch/core/sign";
import { refused } from "./attack.ts";
import { forge, sealed } from "./forge.ts";
import { AUDIENCE, bundle, NOW, payload, rootInput, signedRoot, STREAM } from "./host.ts";
import { cast, listed } from "./keys.ts";

/** What a status says of the bundle of all attacks. */
export const CURRENT = { version: 7, digest: digestOf(payload()) } as const;

/** SHA-256 of a payload. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A status payload this host accepts; `changes` replaces fields, `undefined` takes one out. */
export function statusPayload(changes: { readonly [field: string]: unknown } = {}): string {
  return JSON.stringify({
    format: 1,
    version: 3,
    audience: [AUDIENCE],
    issued: "2026-06-15T11:30:00Z",
    expires: "2026-06-15T12:30:00Z",
    streams: { [STREAM]: CURRENT },
    revoked: { bundles: [], keys: [] },
    kill: {},
    ...changes,
  });
}

/** A payload signed as a status: by the key of the role, unless others are named. */
export async function statusBy(
  text: string = statusPayload(),
  keys?: readonly SigningKey[],
): Promise<Uint8Array> {
  const { clock } = await cast();
  return sealed(await forge("status", text, keys ?? [clock]));
}

/** A guard that runs by a status, with its places and its clock in the attacker's hands. */
export interface StatusHost {
  readonly guard: Guard;
  readonly rollback: RollbackStore;
  /** What the sources give; the guard reads them when it is told to. */
  readonly places: { status: Uint8Array; bundle: Uint8Array };
  readonly clock: { now: number };
  ask(tool?: string, agent?: string): Decision;
  /** Puts a status in place, lets the guard read it, and resolves when it was taken. */
  takes(status: Uint8Array): Promise<void>;
  /** Resolves when a status is refused with this code and words, and the guard goes on as before. */
  refuses(status: Uint8Array, code: ErrorCode, words: RegExp): Promise<void>;
  /** Fails unless a call is denied with this code, for this reason. */
  denies(code: DecisionCode, words: RegExp, tool?: string, agent?: string): void;
}

/** The trust root of all attacks, in which one of two keys signs statuses. */
async function withSecondStatusKey(): Promise<Pick<TrustRootInput, "keys" | "roles">> {
  const { clock, nextA } = await cast();
  const { keys, roles } = await rootInput();
  const status = { keyids: [clock.keyid, nextA.keyid], threshold: 1 };
  return { keys: [...keys, listed(nextA)], roles: { ...roles, status } };
}

/** A guard under a status of version 3. */
export async function statusHost(
  first?: Uint8Array,
  rollback: RollbackStore = memoryRollback(),
): Promise<StatusHost> {
  const places = { status: first ?? (await statusBy()), bundle: await bundle() };
  const { text, digest } = await signedRoot(await withSecondStatusKey());
  const clock = { now: NOW };
  const guard = await createGuard({
    bundle: { name: "bundles", read: async () => places.bundle },
    status: { source: { name: "statuses", read: async () => places.status } },
    trust: { document: text, digest },
    audience: AUDIENCE,
    rollback,
    audit: memoryAudit(),
    clock: () => clock.now,
  });
  const host: StatusHost = {
    guard,
    rollback,
    places,
    clock,
    ask: (tool = "refund", agent = "desk") => {
      const ticket = guard.for({ agent: { id: agent }, session: "s1", tenant: "acme" });
      return guard.decide({ ticket, id: "c1", tool, arguments: { amount: 7 } });
    },
    takes: async (status) => {
      places.status = status;
      await guard.refresh();
    },
    refuses: async (status, code, words) => {
      const before = [guard.status().statusDocument, host.ask().code];
      const kept = await rollback.get(`status#${AUDIENCE}`);
      places.status = status;
      await refused(code, words, () => guard.refresh());
      assert.deepEqual([guard.status().statusDocument, host.ask().code], before);
      assert.deepEqual(await rollback.get(`status#${AUDIENCE}`), kept);
    },
    denies: (code, words, tool, agent) => {
      const decision = host.ask(tool, agent);
      assert.equal(decision.code, code, decision.reason);
      assert.match(decision.reason, words);
    },
  };
  return host;
}

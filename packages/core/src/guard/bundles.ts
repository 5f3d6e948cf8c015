import type { VerifiedBundle } from "../bundle/load.ts";
import type { BundleIdentity } from "../decision/decision.ts";
import { createEvaluator, type Evaluator, type EvaluatorOptions } from "../decision/evaluator.ts";
import { compileArguments, compileOutput, type SchemaCheck } from "../evaluate/schema.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { loadParts, TEMPLATE_PARTS } from "../parts/load.ts";
import { needed, type Parts } from "../parts/parts.ts";
import { hasFacts } from "../parts/uses.ts";
import type { Policy } from "../policy/ir.ts";
import type { Facts } from "./facts.ts";
import { textOf } from "./host-parts.ts";
import type { GuardStatus } from "./status.ts";

/** A bundle that was verified and made ready to decide. A call keeps the one it began with. */
export interface LoadedBundle {
  readonly identity: BundleIdentity;
  readonly evaluator: Evaluator;
  readonly facts: Facts;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  /** The end of the bundle, of its trust root or of its signers' keys, whichever comes first. */
  readonly expires: number;
  /** Whether a later trust root took its signatures away. Left out: no. */
  readonly revoked?: boolean;
  /** The last time that any guard with this rollback state has loaded a bundle, in epoch milliseconds. */
  readonly lastSeen: number;
  readonly status: NonNullable<GuardStatus["bundle"]>;
}

/** Compiles a verified payload, and loads the parts of the run time that its policy uses. */
export async function prepareBundle(
  verified: VerifiedBundle,
  source: string,
  now: number,
  options: EvaluatorOptions & Partial<Pick<LoadedBundle, "lastSeen">> = {},
): Promise<LoadedBundle> {
  const { payload, digest, signers } = verified;
  const identity = Object.freeze({ id: payload.id, version: payload.version, digest });
  const parts = await loadParts(payload.policy);
  return {
    identity,
    evaluator: createEvaluator(payload.policy, parts, options),
    facts: factsOf(payload.policy, parts),
    notBefore: Date.parse(payload.notBefore),
    expires: verified.until,
    lastSeen: options.lastSeen ?? -Infinity,
    status: Object.freeze({
      ...identity,
      audience: payload.audience,
      notBefore: payload.notBefore,
      expires: payload.expires,
      signers,
      source,
      loadedAt: new Date(now).toISOString(),
      mode: payload.policy.mode,
    }),
  };
}

/**
 * What makes the facts of a run. Where the policy has none and declares none of a host's, no condition can read one.
 *
 * @throws InterlatchError `ERR_BUNDLE_POLICY` for a part that was not loaded
 */
export function factsOf(policy: Policy, parts: Parts): Facts {
  return hasFacts(policy) ? needed(parts, "facts")(policy, parts) : () => policy.facts;
}

/**
 * Compiles a policy whose shape was checked, and loads the parts of the run time that it uses.
 *
 * @param options - `tokens`, from `createTokens`, where the policy redacts `as: token`; `anyTemplate` where
 * {@link Evaluator.value} will be asked about templates that do not stand in the policy
 * @throws InterlatchError `ERR_BUNDLE_POLICY` for a pattern that the policy holds no program for
 * @throws InterlatchError `ERR_BUNDLE_ENGINE` when a part cannot be loaded
 */
export async function prepareEvaluator(
  policy: Policy,
  { anyTemplate = false, ...options }: PrepareOptions = {},
): Promise<Evaluator> {
  const parts = await loadParts(policy, anyTemplate ? TEMPLATE_PARTS : []);
  return createEvaluator(policy, parts, options);
}

/**
 * Compiles the `output` of each tool that has one: what stands in for its result must fit.
 *
 * @param policy - from `validatePolicy`
 * @returns by the names of the tools
 * @throws InterlatchError, as {@link prepareEvaluator}
 */
export async function prepareOutputs(policy: Policy): Promise<ReadonlyMap<string, SchemaCheck>> {
  const parts = await loadParts(policy);
  const outputs = new Map<string, SchemaCheck>();
  for (const [name, { output }] of Object.entries(policy.tools)) {
    if (output !== undefined) outputs.set(name, compileOutput(output, parts));
  }
  return outputs;
}

/**
 * Compiles the `arguments` of each tool that has some: what a fallback calls it with must fit.
 *
 * @param policy - from `validatePolicy`
 * @returns by the names of the tools
 * @throws InterlatchError, as {@link prepareEvaluator}
 */
export async function prepareArguments(policy: Policy): Promise<ReadonlyMap<string, SchemaCheck>> {
  const parts = await loadParts(policy);
  const checks = new Map<string, SchemaCheck>();
  for (const [name, { arguments: schema }] of Object.entries(policy.tools)) {
    if (schema !== undefined) checks.set(name, compileArguments(schema, parts));
  }
  return checks;
}

/** See {@link prepareEvaluator}. */
export interface PrepareOptions extends EvaluatorOptions {
  /** Loads all that a template may use, whatever the policy uses. Default: no. */
  readonly anyTemplate?: boolean;
}

/** Asks a loader for the bundle now in force, `null` where nothing is new; see {@link BundleKeeper}. */
export type BundleLoader = () => Promise<LoadedBundle | null>;

/** Listeners of a {@link BundleKeeper}. */
export interface BundleListener {
  loaded(bundle: LoadedBundle): void;
  rejected(error: { readonly code: string; readonly message: string }): void;
  /** How it is with the source. Left out: nobody knows. */
  health?(): GuardStatus["source"];
}

/** At least this long between two attempts that a call starts, in milliseconds. */
const RETRY_MS = 1_000;

/** What a guard asks of whoever keeps its bundle. */
export type Bundles = Pick<
  BundleKeeper,
  "current" | "lastError" | "isReady" | "health" | "retry" | "reload" | "refresh"
>;

/**
 * Keeps the bundle in force. A new one is verified and compiled beside the old one, then one pointer
 * changes; a bad one keeps the last good one and is told to the listener. While there is none, every call
 * asks for another attempt, at most one at a time and one a second.
 */
export class BundleKeeper {
  readonly #load: BundleLoader;
  readonly #listener: BundleListener;
  #current: LoadedBundle | null = null;
  #lastError: GuardStatus["lastError"] = null;
  #attempt: Promise<void> | null = null;
  #lastAttempt = -Infinity;
  #isRenewing = false;

  constructor(load: BundleLoader, listener: BundleListener) {
    this.#load = load;
    this.#listener = listener;
  }

  get current(): LoadedBundle | null {
    return this.#current;
  }

  get lastError(): GuardStatus["lastError"] {
    return this.#lastError;
  }

  health(): GuardStatus["source"] {
    return this.#listener.health?.() ?? null;
  }

  /** Whether there is a bundle that counts. */
  get isReady(): boolean {
    return this.#current !== null && this.#current.revoked !== true;
  }

  /** Puts a bundle in force that was verified. */
  take(bundle: LoadedBundle): void {
    this.#current = bundle;
    this.#listener.loaded(bundle);
  }

  /** Puts the same bundle in force as a later trust root sees it. */
  replace(bundle: LoadedBundle): void {
    this.#current = bundle;
  }

  /** One attempt; joins the one under way. Rejects with the reason when the bundle was refused or unreachable. */
  async reload(): Promise<void> {
    this.#attempt ??= this.#once().finally(() => {
      this.#attempt = null;
    });
    return this.#attempt;
  }

  /** The same, after the attempt under way: what that one read may be what was there before. */
  async refresh(): Promise<void> {
    await this.#attempt?.catch(() => undefined);
    return this.reload();
  }

  /** Starts an attempt in the background when none was made lately. `now` is epoch milliseconds. */
  retry(now: number): void {
    // A clock that was set back must not put the next attempt off until it has caught up.
    if (this.#attempt !== null || Math.abs(now - this.#lastAttempt) < RETRY_MS) return;
    this.#lastAttempt = now;
    // The listener was told; nobody waits for this one.
    this.reload().catch(() => undefined);
  }

  /**
   * The source says that it changed. One attempt in the background; where one is under way, another after it:
   * what that one read may be what was there before. Any number of changes meanwhile are one.
   */
  renew(): void {
    if (this.#attempt === null) {
      // The listener was told; nobody waits for this one.
      this.reload().catch(() => undefined);
    } else if (!this.#isRenewing) {
      this.#isRenewing = true;
      const again = (): void => {
        this.#isRenewing = false;
        this.renew();
      };
      this.#attempt.then(again, again);
    }
  }

  async #once(): Promise<void> {
    try {
      const bundle = await this.#load();
      this.#lastError = null;
      if (bundle !== null) this.take(bundle);
    } catch (error) {
      const code = isInterlatchError(error) ? error.code : "ERR_BUNDLE_UNREACHABLE";
      const message = textOf(error);
      this.#lastError = { code, message };
      this.#listener.rejected({ code, message });
      throw error;
    }
  }
}

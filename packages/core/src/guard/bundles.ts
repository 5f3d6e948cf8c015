import type { VerifiedBundle } from "../bundle/load.ts";
import type { BundleIdentity } from "../decision/decision.ts";
import { createEvaluator, type Evaluator, type EvaluatorOptions } from "../decision/evaluator.ts";
import { compileArguments, compileOutput, type SchemaCheck } from "../evaluate/schema.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { loadParts, TEMPLATE_PARTS } from "../parts/load.ts";
import type { Policy } from "../policy/ir.ts";
import { createFacts, type Facts } from "./facts.ts";
import { textOf } from "./host-parts.ts";
import type { GuardStatus } from "./status.ts";

/** A bundle that was verified and made ready to decide. A call keeps the one it began with. */
export interface LoadedBundle {
  readonly identity: BundleIdentity;
  readonly evaluator: Evaluator;
  readonly facts: Facts;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly expires: number;
  readonly status: NonNullable<GuardStatus["bundle"]>;
}

/** Compiles a verified payload, and loads the parts of the run time that its policy uses. */
export async function prepareBundle(
  verified: VerifiedBundle,
  source: string,
  now: number,
  options: EvaluatorOptions = {},
): Promise<LoadedBundle> {
  const { payload, digest, signers } = verified;
  const identity = Object.freeze({ id: payload.id, version: payload.version, digest });
  const parts = await loadParts(payload.policy);
  return {
    identity,
    evaluator: createEvaluator(payload.policy, parts, options),
    facts: createFacts(payload.policy, parts),
    notBefore: Date.parse(payload.notBefore),
    expires: Date.parse(payload.expires),
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

/** Asks a loader for the bundle now in force; see {@link BundleKeeper}. */
export type BundleLoader = () => Promise<LoadedBundle>;

/** Listeners of a {@link BundleKeeper}. */
export interface BundleListener {
  loaded(bundle: LoadedBundle): void;
  rejected(error: { readonly code: string; readonly message: string }): void;
}

/** At least this long between two attempts that a call starts, in milliseconds. */
const RETRY_MS = 1_000;

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

  /** One attempt; joins the one under way. Rejects with the reason when the bundle was refused or unreachable. */
  async reload(): Promise<void> {
    this.#attempt ??= this.#once().finally(() => {
      this.#attempt = null;
    });
    return this.#attempt;
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
      this.#current = bundle;
      this.#lastError = null;
      this.#listener.loaded(bundle);
    } catch (error) {
      const code = isInterlatchError(error) ? error.code : "ERR_BUNDLE_UNREACHABLE";
      const message = textOf(error);
      this.#lastError = { code, message };
      this.#listener.rejected({ code, message });
      throw error;
    }
  }
}

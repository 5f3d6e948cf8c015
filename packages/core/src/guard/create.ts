import { ownOptions } from "../bundle/own-options.ts";
import { InterlatchError } from "../errors/errors.ts";
import { loading, loadTokens } from "../parts/load.ts";
import { openArrival } from "./arrival.ts";
import { assembleGuard } from "./assemble.ts";
import { Emitter } from "./emitter.ts";
import type { Guard } from "./guard.ts";
import { hostLogger, textOf } from "./host-parts.ts";
import type { GuardOptions } from "./options.ts";
import { loadShadowing } from "./shadowing.ts";
import type { StreamGuardOptions } from "../streams/options.ts";
import type { PolicyTypes, TypedGuard } from "./typed-guard.ts";

/**
 * A guard over a signed bundle. Verifies the trust root against its pinned digest, then the bundle against
 * the root, this audience and the rollback state. Nothing unsigned ever loads.
 *
 * Throws {@link InterlatchError} for a root or a bundle that is not valid (`ERR_TRUST_*`, `ERR_BUNDLE_*`) and for
 * options that are not (`ERR_OPTIONS`). A source that cannot be reached does not throw: the guard then denies
 * every call with `no_bundle` and tries again when it is called. A source that can be watched is watched until
 * the guard is closed: a new bundle takes over when it verifies, and a bad one keeps the one in force.
 *
 * @example
 * ```ts
 * import { createGuard, inlineSource, memoryAudit, memoryRollback } from "@interlatch/core";
 * declare const files: { bundle: string; trust: string };
 * const guard = await createGuard({
 *   bundle: inlineSource(files.bundle),
 *   trust: { document: files.trust, digest: "sha256:…" },
 *   audience: "prod",
 *   rollback: memoryRollback(),
 *   audit: memoryAudit(),
 * });
 * const ticket = guard.for({ agent: { id: "shop", roles: ["clerk"] }, session: "s1" });
 * const decision = guard.decide({ ticket, id: "c1", tool: "refund", arguments: { order: 7 } });
 * console.log(decision.effect, decision.code);
 * ```
 */
export function createGuard(given: GuardOptions | StreamGuardOptions): Promise<Guard>;
/** The same, with the types that `interlatch types` made of the policy: see {@link TypedGuard}. */
export function createGuard<Types extends PolicyTypes>(
  given: GuardOptions | StreamGuardOptions,
): Promise<TypedGuard<Types>>;
export async function createGuard(given: GuardOptions | StreamGuardOptions): Promise<Guard> {
  // Read once, so that what a later load demands does not change with the host's object.
  const options = ownOptions(given);
  checkOptions(options);
  const { audience, clock = Date.now } = options;
  if ("shadow" in options || "allowShadow" in options) await loadShadowing();
  const logger = hostLogger(options.logger);
  const emitter = new Emitter((error) =>
    logger?.error({ error: textOf(error) }, "a listener failed"),
  );
  if (logger !== undefined) {
    const { logBundles, logDecisions } = await loading("log lines", () => import("./log-line.ts"));
    logBundles(emitter, logger);
    logDecisions(emitter, logger, options.audit);
  }
  const tokens = await loadTokens(options.redactionKey);
  const host = { audience, clock, tokens, emitter, logger };
  const arrival =
    "streams" in options
      ? await (
          await loading("streams", () => import("../streams/part.ts"))
        ).openStreams(options, host, openArrival)
      : await openArrival(options, host);
  const { keeper, shadow, status } = arrival;
  const plain = assembleGuard(keeper, emitter, options, shadow, status?.stop);
  const guard = status?.join(plain) ?? plain;
  const close = async (): Promise<void> => {
    try {
      arrival.close();
    } finally {
      // A source that cannot be left is no reason to keep records back.
      await guard.close();
    }
  };
  const made: Guard = { ...guard, close, [Symbol.asyncDispose]: close };
  // There only in the process of `interlatch coverage`, which asks every guard that the program makes.
  (globalThis as { [COLLECTED]?: Guard[] })[COLLECTED]?.push(made);
  return made;
}

const COLLECTED: unique symbol = Symbol.for("interlatch.guards");

function checkOptions(options: GuardOptions | StreamGuardOptions): void {
  const given: { readonly [name: string]: unknown } = { ...options };
  const arriving = "streams" in options ? ["streams"] : ["bundle", "trust"];
  const missing = [...arriving, "audience", "rollback", "audit"].filter(
    (name) => given[name] === undefined || given[name] === null,
  );
  if (missing.length > 0) {
    throw new InterlatchError("ERR_OPTIONS", `createGuard needs ${missing.join(", ")}.`);
  }
  if (typeof options.audience !== "string" || !/^[A-Za-z0-9_.:/-]{1,128}$/.test(options.audience)) {
    throw new InterlatchError("ERR_OPTIONS", "The audience must be the name of one environment.");
  }
}

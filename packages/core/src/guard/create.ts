import { verifyBundle } from "../bundle/load.ts";
import { InterlatchError, isInterlatchError } from "../errors/errors.ts";
import { ownOptions } from "../bundle/own-options.ts";
import { loading, loadTokens } from "../parts/load.ts";
import { openTrustRoot } from "../trust/root.ts";
import { assembleGuard } from "./assemble.ts";
import { BundleKeeper, prepareBundle, type LoadedBundle } from "./bundles.ts";
import { Emitter } from "./emitter.ts";
import type { BundleSource } from "../bundle/source.ts";
import type { Guard } from "./guard.ts";
import { hostLogger, textOf } from "./host-parts.ts";
import type { GuardOptions } from "./options.ts";
import type { PolicyTypes, TypedGuard } from "./typed-guard.ts";
import { watchSource } from "./watch.ts";

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
export function createGuard(given: GuardOptions): Promise<Guard>;
/** The same, with the types that `interlatch types` made of the policy: see {@link TypedGuard}. */
export function createGuard<Types extends PolicyTypes>(
  given: GuardOptions,
): Promise<TypedGuard<Types>>;
export async function createGuard(given: GuardOptions): Promise<Guard> {
  // Read once, so that what a later load demands does not change with the host's object.
  const options = ownOptions(given);
  checkOptions(options);
  const { bundle: source, trust, audience, rollback, clock = Date.now } = options;
  const { id, minVersion, maxLifetimeDays, shadow } = options;
  const demands = {
    allowShadow: options.allowShadow === true,
    ...(id === undefined ? {} : { id }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxLifetimeDays === undefined ? {} : { maxLifetimeDays }),
  };
  const logger = hostLogger(options.logger);
  const tokens = await loadTokens(options.redactionKey);
  const root = await openTrustRoot({ ...trust, now: clock(), rollback });
  const emitter = new Emitter((error) =>
    logger?.error({ error: textOf(error) }, "a listener failed"),
  );

  const keeperOf = (from: BundleSource, use: "enforce" | "shadow"): BundleKeeper => {
    const shadow = use === "shadow";
    const load = async (): Promise<LoadedBundle> => {
      const bytes = await read(from);
      const now = clock();
      const made: { bundle?: LoadedBundle } = {};
      await verifyBundle(bytes, {
        ...demands,
        trust: root,
        audience,
        now,
        rollback,
        use,
        // Compiled before the rollback state moves on: a policy that cannot run here must not shut out the one that can.
        prepare: async (verified) => {
          made.bundle = await prepareBundle(verified, from.name, now, { tokens });
        },
      });
      if (made.bundle === undefined) throw new Error("a verified bundle was not prepared");
      return made.bundle;
    };
    return new BundleKeeper(load, {
      loaded: ({ identity, status }) => {
        const fields = { bundle: identity, source: from.name };
        const named = `policy ${identity.id} version ${identity.version}`;
        if (shadow) logger?.info(fields, `${named} is watched in shadow`);
        else if (status.mode === "enforce") logger?.debug(fields, `${named} is in force`);
        else logger?.warn(fields, `${named} is in shadow: NOTHING IS ENFORCED`);
        emitter.emit("bundle.loaded", { bundle: identity, source: from.name, shadow });
      },
      rejected: ({ code, message }) => {
        logger?.warn({ code, source: from.name }, message);
        emitter.emit("bundle.rejected", { code, message, source: from.name, shadow });
      },
    });
  };
  const keeper = keeperOf(source, "enforce");
  const shadowKeeper = shadow === undefined ? null : keeperOf(shadow, "shadow");

  // Before the first attempt: a bundle that arrives while it runs would otherwise never be seen.
  const unwatchers = [
    watchSource(source, () => keeper.renew(), logger),
    shadow === undefined
      ? () => undefined
      : watchSource(shadow, () => shadowKeeper?.renew(), logger),
  ];
  const unwatch = (): void => unwatchers.forEach((end) => end());
  // What is only watched stops no start; the listener is told.
  await shadowKeeper?.reload().catch(() => undefined);
  await keeper.reload().catch((error: unknown) => {
    // What cannot be reached may come yet; what was reached and is not valid must stop the start.
    if (isInterlatchError(error, "ERR_BUNDLE_UNREACHABLE")) return;
    unwatch();
    throw error;
  });
  if (logger !== undefined) {
    const { logDecisions } = await loading("log lines", () => import("./log-line.ts"));
    logDecisions(emitter, logger, options.audit);
  }
  const guard = assembleGuard(keeper, emitter, options, shadowKeeper);
  const close = async (): Promise<void> => {
    try {
      unwatch();
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

async function read(source: GuardOptions["bundle"]): Promise<Uint8Array> {
  try {
    return await source.read();
  } catch (error) {
    if (isInterlatchError(error)) throw error;
    const why = textOf(error);
    throw new InterlatchError(
      "ERR_BUNDLE_UNREACHABLE",
      `The bundle at ${source.name} cannot be read: ${why}. Until it can, every call is denied.`,
      { cause: error },
    );
  }
}

function checkOptions(options: GuardOptions): void {
  const missing = (["bundle", "trust", "audience", "rollback", "audit"] as const).filter(
    (name) => options[name] === undefined || options[name] === null,
  );
  if (missing.length > 0) {
    throw new InterlatchError("ERR_OPTIONS", `createGuard needs ${missing.join(", ")}.`);
  }
  if (typeof options.audience !== "string" || !/^[A-Za-z0-9_.:/-]{1,128}$/.test(options.audience)) {
    throw new InterlatchError("ERR_OPTIONS", "The audience must be the name of one environment.");
  }
}

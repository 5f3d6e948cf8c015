import { isBehind } from "../bundle/instant.ts";
import { verifyBundle } from "../bundle/load.ts";
import type { BundleSource } from "../bundle/source.ts";
import { InterlatchError, isInterlatchError } from "../errors/errors.ts";
import { loading } from "../parts/load.ts";
import type { Tokens } from "../redact/token.ts";
import type { StatusParts } from "../status/keeper.ts";
import type { StatusOptions } from "../status/options.ts";
import type { GuardedStatus } from "../status/part.ts";
import { openTrustRoot, type TrustRoot } from "../trust/root.ts";
import { BundleKeeper, type Bundles, type LoadedBundle, prepareBundle } from "./bundles.ts";
import type { Emitter } from "./emitter.ts";
import type { Logger } from "./events.ts";
import { textOf } from "./host-parts.ts";
import type { GuardOptions } from "./options.ts";
import type { TrustFollower, TrustFollowerParts } from "./trust-follower.ts";
import { watchSource } from "./watch.ts";

/** Where the bundles of one stream come from, and what they must satisfy. */
export type ArrivalOptions = Pick<
  GuardOptions,
  | "bundle"
  | "trust"
  | "rollback"
  | "id"
  | "minVersion"
  | "maxLifetimeDays"
  | "allowShadow"
  | "shadow"
  | "status"
>;

/** What all streams of one guard share. */
export interface ArrivalHost {
  readonly audience: string;
  /** Epoch milliseconds. */
  clock(): number;
  readonly tokens: Tokens | undefined;
  readonly emitter: Emitter;
  readonly logger: Logger | undefined;
  /** Throws where the host does not let the stream have such a bundle. */
  admit?(bundle: LoadedBundle): void;
}

/** What an attempt begins with: the root in force, and what the source brings. */
export interface Reading {
  readonly root: TrustRoot;
  readonly bytes: Promise<Uint8Array>;
}

/** How the bundles of one stream reach a guard. */
export interface Arrival {
  readonly keeper: Bundles;
  /** Of the bundles that are only watched; `null`: there are none. */
  readonly shadow: Bundles | null;
  /** `null`: none is in use. */
  readonly status: Pick<GuardedStatus, "stop" | "join"> | null;
  /** Ends the watching of sources. */
  close(): void;
}

/**
 * Opens the trust root of a stream, watches its sources and loads its first bundle. Throws for what was reached and is
 * not valid; what cannot be reached may come yet.
 */
export async function openArrival(options: ArrivalOptions, host: ArrivalHost): Promise<Arrival> {
  const { bundle: source, trust, rollback, id, minVersion, shadow } = options;
  const { audience, clock, tokens, emitter, logger } = host;
  // A status can end a bundle at any time; without one nothing does before its own end.
  const { maxLifetimeDays = options.status === undefined ? undefined : 366 } = options;
  const demands = {
    allowShadow: options.allowShadow === true,
    ...(id === undefined ? {} : { id }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxLifetimeDays === undefined ? {} : { maxLifetimeDays }),
  };
  const keepers: BundleKeeper[] = [];
  const { updates = [] } = trust;
  const roots: Roots =
    "read" in updates
      ? await followRoots({ trust, source: updates, keepers, clock, rollback, emitter, logger })
      : fixedRoot(await openTrustRoot({ ...trust, updates, now: clock(), rollback }));

  /** Only of a time at which a bundle was valid: a clock that ran far ahead for a moment stops no host afterwards. */
  const see = async (now: number): Promise<number> => {
    const kept = rollback.seen === undefined ? now : await rollback.seen(now);
    // A store that has not kept even this time is no better than a clock that was set back.
    const lastSeen = kept >= now ? kept : NaN;
    if (isBehind(now, lastSeen)) emitter.emit("clock.behind", { now, lastSeen });
    return lastSeen;
  };
  const keeperOf = (from: BundleSource, use: "enforce" | "shadow"): BundleKeeper => {
    const verified = async (bytes: Uint8Array, root: TrustRoot): Promise<LoadedBundle> => {
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
        prepare: async (found) => {
          const lastSeen = await see(now);
          made.bundle = await prepareBundle(found, from.name, now, { tokens, lastSeen });
          admit(made.bundle);
          host.admit?.(made.bundle);
        },
      });
      if (made.bundle === undefined) throw new Error("a verified bundle was not prepared");
      return roots.keep(made.bundle, bytes, root);
    };
    const admit = (bundle: LoadedBundle): void => {
      if (use === "enforce") status?.admit(bundle);
    };
    const reading = async (): Promise<Reading> => {
      const bytes = read(from);
      // Whoever waits for it is told; until then a root that revokes keys is looked for, which holds in any case.
      bytes.catch(() => undefined);
      return { root: await roots.latest(), bytes };
    };
    const load = async (): Promise<LoadedBundle | null> => {
      if (arriving !== null) {
        return arriving({
          from,
          keeper,
          told,
          emitter,
          clock,
          reading,
          verified,
          see,
          roots,
          admit,
        });
      }
      const { root, bytes } = await reading();
      return verified(await bytes, root);
    };
    const told = { source: from.name, shadow: use === "shadow" };
    const keeper = new BundleKeeper(load, {
      loaded: ({ identity, status: { mode } }) =>
        emitter.emit("bundle.loaded", { bundle: identity, mode, ...told }),
      rejected: ({ code, message }) => emitter.emit("bundle.rejected", { code, message, ...told }),
      health: () => from.health?.() ?? null,
    });
    keepers.push(keeper);
    return keeper;
  };
  // Only what may come by itself, or in another's place, needs more than to be read.
  const arriving = [source, shadow].some((each) => each?.watch ?? each?.others)
    ? (await loading("sources", () => import("./arriving.ts"))).loadArriving
    : null;
  const keeper = keeperOf(source, "enforce");
  const shadowKeeper = shadow === undefined ? null : keeperOf(shadow, "shadow");
  const status = await statusOf(options.status, {
    audience,
    rollback,
    emitter,
    logger,
    clock,
    trust: () => roots.latest(),
    bundle: () => keeper.current,
    renew: () => keeper.renew(),
  });

  // Before the first attempt: a bundle that arrives while it runs would otherwise never be seen.
  const unwatchers = [
    watchSource(source, () => keeper.renew(), logger),
    shadow === undefined
      ? () => undefined
      : watchSource(shadow, () => shadowKeeper?.renew(), logger),
    watchSource(roots, () => keepers.forEach((each) => each.renew()), logger),
    () => status?.close(),
  ];
  const close = (): void => unwatchers.forEach((end) => end());
  // What is only watched stops no start; the listener is told.
  await shadowKeeper?.reload().catch(() => undefined);
  await keeper.reload().catch((error: unknown) => {
    // What cannot be reached may come yet; what was reached and is not valid must stop the start.
    if (isInterlatchError(error, "ERR_BUNDLE_UNREACHABLE") || status?.mayCome(error)) return;
    // Another of its source took its place; the listener was told why.
    if (keeper.isReady) return;
    close();
    throw error;
  });
  return { keeper, shadow: shadowKeeper, status, close };
}

async function statusOf(
  options: StatusOptions | undefined,
  parts: StatusParts,
): Promise<GuardedStatus | null> {
  if (options === undefined) return null;
  const { openStatus } = await loading("status", () => import("../status/part.ts"));
  return openStatus(options, parts);
}

/** Whose signatures count now. */
export type Roots = Pick<TrustFollower, "name" | "latest" | "keep"> &
  Partial<Pick<TrustFollower, "watch">>;

/** A root that the host ships stays what it is. */
function fixedRoot(root: TrustRoot): Roots {
  return { name: "trust root", latest: () => Promise.resolve(root), keep: (bundle) => bundle };
}

async function followRoots(parts: TrustFollowerParts): Promise<Roots> {
  const load = (): Promise<typeof import("./trust-follower.ts")> => import("./trust-follower.ts");
  const { TrustFollower } = await loading("later trust roots", load);
  return new TrustFollower(parts);
}

async function read(source: BundleSource): Promise<Uint8Array> {
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

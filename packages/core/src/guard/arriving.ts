import type { BundleSource } from "../bundle/source.ts";
import { isInterlatchError } from "../errors/errors.ts";
import type { TrustRoot } from "../trust/root.ts";
import type { Reading, Roots } from "./arrival.ts";
import type { BundleKeeper, LoadedBundle } from "./bundles.ts";
import type { Emitter } from "./emitter.ts";
import { textOf } from "./host-parts.ts";

/** What one attempt works with. */
export interface ArrivingParts {
  readonly from: BundleSource;
  readonly keeper: BundleKeeper;
  /** What events say of the source. */
  readonly told: { readonly source: string; readonly shadow: boolean };
  readonly emitter: Emitter;
  readonly roots: Roots;
  /** Epoch milliseconds. */
  clock(): number;
  reading(): Promise<Reading>;
  verified(bytes: Uint8Array, root: TrustRoot): Promise<LoadedBundle>;
  /** Tells the rollback state of a time at which a bundle was valid; gives the last one seen. */
  see(now: number): Promise<number>;
  /** Throws where the status does not let it be in force. */
  admit(bundle: LoadedBundle): void;
}

interface Taken {
  readonly bytes: Uint8Array;
  readonly root: TrustRoot;
}

/** What is in force by which keeper: of the bytes that its source brought last. */
const taken = new WeakMap<BundleKeeper, Taken>();

/**
 * One attempt at a source whose bundles arrive by themselves, or that has others to fall back on. A module of its own,
 * loaded for such sources alone.
 *
 * @returns `null`: nothing is new
 */
export async function loadArriving(parts: ArrivingParts): Promise<LoadedBundle | null> {
  const { from, keeper, told, emitter, verified } = parts;
  const { root, bytes: coming } = await parts.reading();
  try {
    const bytes = await coming;
    const before = taken.get(keeper);
    // A source that has nothing new gives the very bytes that are in force.
    if (keeper.isReady && before?.bytes === bytes && before.root === root) {
      await goOn(parts, before);
      return null;
    }
    const bundle = await verified(bytes, root);
    taken.set(keeper, { bytes, root });
    from.accepted?.(bytes);
    return bundle;
  } catch (error) {
    if (from.others !== undefined) await takeOther(parts, from.others(), root);
    const { current, lastError } = keeper;
    if (current !== null && lastError === null) {
      emitter.emit("bundle.stale", { bundle: current.identity, ...wordsOf(error), ...told });
    }
    throw error;
  }
}

/** The bundle in force stays, at a later time. */
async function goOn(parts: ArrivingParts, { bytes, root }: Taken): Promise<void> {
  const { keeper, roots } = parts;
  const now = parts.clock();
  const lastSeen = now < (keeper.current?.expires ?? 0) ? await parts.see(now) : null;
  const { current } = keeper;
  if (current === null) return;
  parts.admit(current);
  if (lastSeen !== null) keeper.replace(roots.keep({ ...current, lastSeen }, bytes, root));
}

/** How many other bundles are looked at: each costs a verification. */
const MOST_OTHERS = 8;

/** Puts the first of the other bundles of a source in force that is good, unless it is so already. */
async function takeOther(
  { from, keeper, told, emitter, verified }: ArrivingParts,
  others: AsyncIterable<Uint8Array>,
  root: TrustRoot,
): Promise<void> {
  const rejected = (error: unknown): void =>
    emitter.emit("bundle.rejected", { ...wordsOf(error), ...told });
  let left = MOST_OTHERS;
  try {
    for await (const bytes of others) {
      if (left-- === 0) return;
      try {
        const bundle = await verified(bytes, root);
        const { current, isReady } = keeper;
        if (!isReady || current?.identity.digest !== bundle.identity.digest) keeper.take(bundle);
        // Whatever the source brings next is verified, also what it brought before this one.
        taken.delete(keeper);
        from.accepted?.(bytes);
        return;
      } catch (error) {
        rejected(error);
      }
    }
  } catch (error) {
    rejected(error);
  }
}

function wordsOf(error: unknown): { readonly code: string; readonly message: string } {
  const code = isInterlatchError(error) ? error.code : "ERR_BUNDLE_UNREACHABLE";
  return { code, message: textOf(error) };
}

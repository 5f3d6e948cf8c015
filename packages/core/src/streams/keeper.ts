import type { Bundles, LoadedBundle } from "../guard/bundles.ts";
import { sha256Hex } from "../snapshot/hash.ts";
import { canonicalJson } from "../snapshot/digest.ts";
import type { GuardStatus } from "../guard/status.ts";
import { composeEvaluators, type StreamTools } from "./evaluator.ts";

/** A stream and whoever keeps its bundle. */
export interface KeptStream {
  readonly name: string;
  readonly keeper: Bundles;
  covers(tool: string): boolean;
}

/**
 * Keeps the bundles of several streams as one. There is one only while each stream has its own; it is made anew when
 * one of them has another, so that a call sees all of them as they were when it began.
 */
export class StreamKeeper implements Bundles {
  readonly #streams: readonly KeptStream[];
  readonly #tools: StreamTools;
  readonly #parts = new WeakMap<LoadedBundle, readonly LoadedBundle[]>();
  #current: LoadedBundle | null = null;

  /** @param streams - sorted by name */
  constructor(streams: readonly KeptStream[], tools: StreamTools) {
    this.#streams = streams;
    this.#tools = tools;
  }

  get current(): LoadedBundle | null {
    const bundles: LoadedBundle[] = [];
    for (const { keeper } of this.#streams) {
      const { current } = keeper;
      if (current === null) return null;
      bundles.push(current);
    }
    const before = this.#current === null ? undefined : this.#parts.get(this.#current);
    if (before?.every((bundle, index) => bundle === bundles[index]) === true) return this.#current;
    this.#current = this.#compose(bundles);
    this.#parts.set(this.#current, bundles);
    return this.#current;
  }

  get isReady(): boolean {
    return this.#streams.every(({ keeper }) => keeper.isReady);
  }

  /** Of the first stream that has one. */
  get lastError(): GuardStatus["lastError"] {
    const failed = this.#streams.find(({ keeper }) => keeper.lastError !== null);
    if (failed === undefined) return null;
    const { code, message } = failed.keeper.lastError ?? { code: "", message: "" };
    return { code, message: `${failed.name}: ${message}` };
  }

  /** Each stream has a source of its own. */
  health(): null {
    return null;
  }

  retry(now: number): void {
    for (const { keeper } of this.#streams) if (!keeper.isReady) keeper.retry(now);
  }

  reload(): Promise<void> {
    return this.#all((keeper) => keeper.reload());
  }

  refresh(): Promise<void> {
    return this.#all((keeper) => keeper.refresh());
  }

  /** Each of them, whatever becomes of the others; rejects as the first that failed. */
  async #all(attempt: (keeper: Bundles) => Promise<void>): Promise<void> {
    const made = await Promise.allSettled(this.#streams.map(({ keeper }) => attempt(keeper)));
    for (const one of made) if (one.status === "rejected") throw one.reason;
  }

  /** The bundles that one was made of, by the order of streams. */
  partsOf(bundle: LoadedBundle): readonly LoadedBundle[] {
    return this.#parts.get(bundle) ?? [];
  }

  #compose(bundles: readonly LoadedBundle[]): LoadedBundle {
    const named = this.#streams.map(({ name, covers }, index) => {
      const bundle = bundles[index];
      if (bundle === undefined) throw new Error(`the stream ${name} has no bundle`);
      return { name, covers, bundle };
    });
    const streams = Object.freeze(
      named.map(({ name, bundle: { identity } }) => {
        const { id, version, digest } = identity;
        return Object.freeze({ name, id, version, digest });
      }),
    );
    const identity = Object.freeze({
      id: streams.map(({ id }) => id).join("+"),
      version: streams.reduce((sum, { version }) => sum + version, 0),
      digest: sha256Hex(canonicalJson(streams.map((each) => ({ ...each })))),
      streams,
    });
    const statuses = bundles.map(({ status }) => status);
    const [first] = statuses;
    if (first === undefined) throw new Error("there is no stream");
    return {
      identity,
      evaluator: composeEvaluators(named, this.#tools),
      facts: (added) =>
        Object.freeze(
          Object.fromEntries(
            named.flatMap(({ name, bundle }) => {
              const facts = bundle.facts(added);
              return facts === undefined ? [] : [[name, facts]];
            }),
          ),
        ),
      notBefore: Math.max(...bundles.map(({ notBefore }) => notBefore)),
      expires: Math.min(...bundles.map(({ expires }) => expires)),
      revoked: bundles.some(({ revoked }) => revoked === true),
      lastSeen: Math.max(...bundles.map(({ lastSeen }) => lastSeen)),
      status: Object.freeze({
        ...first,
        ...identity,
        notBefore: latest(statuses.map(({ notBefore }) => notBefore)),
        expires: earliest(statuses.map(({ expires }) => expires)),
        signers: Object.freeze([...new Set(statuses.flatMap(({ signers }) => signers))]),
        source: named.map(({ name, bundle }) => `${name}: ${bundle.status.source}`).join(", "),
        loadedAt: latest(statuses.map(({ loadedAt }) => loadedAt)),
      }),
    };
  }
}

/** Instants in one form: their order is that of their texts. */
function latest(instants: readonly string[]): string {
  return instants.toSorted().at(-1) ?? "";
}

function earliest(instants: readonly string[]): string {
  return instants.toSorted()[0] ?? "";
}

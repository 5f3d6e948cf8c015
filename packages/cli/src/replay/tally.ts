import type { Decision, Policy } from "@interlatch/core";
import type { Recording } from "../recordings/recording.ts";
import type { Change, Direction, Verdict } from "./change.ts";

/** Calls of one tool to which the same happened for the same reason. */
export interface Group {
  readonly change: Change;
  readonly direction: Direction;
  readonly tool: string;
  /** `null`: not known. */
  readonly before: Verdict | null;
  readonly after: Verdict;
  /** Where the rule that decides now was written. */
  readonly at: Decision["at"];
  count: number;
  /** The first of them. */
  readonly examples: Recording[];
}

/** What a replay came to. */
export interface Tally {
  readonly calls: number;
  readonly counts: Readonly<Record<Change, number>>;
  /** How many calls the policy allows, asks about, denies now. */
  readonly effects: Readonly<Record<Verdict["effect"], number>>;
  /** What changed, the most frequent first. */
  readonly groups: readonly Group[];
  /** Rules that matched no call. */
  readonly untouchedRules: readonly UntouchedRule[];
  /** Tools that were called and that the policy does not know, with how often. */
  readonly unknownTools: readonly { readonly tool: string; readonly count: number }[];
  /** Calls whose identity no guard takes. */
  readonly badIdentities: readonly string[];
  /** Calls that count against no limit, because the recording does not say when they were made. */
  readonly withoutTime: number;
}

/** A rule that no call touched. `error`: its condition could not be judged for some. */
export interface UntouchedRule {
  readonly name: string;
  readonly at: Policy["rules"][number]["at"];
  readonly erred: boolean;
}

/** Counts what becomes of calls. */
export class Counting {
  readonly #policy: Policy;
  readonly #examples: number;
  readonly #groups = new Map<string, Group>();
  readonly #matched = new Set<string>();
  readonly #erred = new Set<string>();
  readonly #unknown = new Map<string, number>();
  readonly #bad: string[] = [];
  readonly #counts: Record<Change, number> = {
    newly_allowed: 0,
    newly_reviewed: 0,
    newly_denied: 0,
    rewritten: 0,
    asked_otherwise: 0,
    unaffected: 0,
    not_compared: 0,
  };
  readonly #effects = { allow: 0, review: 0, deny: 0 };
  #calls = 0;
  #withoutTime = 0;

  constructor(policy: Policy, examples: number) {
    this.#policy = policy;
    this.#examples = examples;
  }

  add(
    recording: Recording,
    found: Pick<Group, "change" | "direction" | "before" | "after">,
    now: Decision,
  ): void {
    this.#calls += 1;
    if (recording.time === undefined) this.#withoutTime += 1;
    this.#counts[found.change] += 1;
    this.#effects[now.effect] += 1;
    for (const { name, outcome } of now.rules) {
      if (outcome === "matched") this.#matched.add(name);
      else if (outcome === "error") this.#erred.add(name);
    }
    const { tool } = recording;
    if (!Object.hasOwn(this.#policy.tools, tool)) {
      this.#unknown.set(tool, (this.#unknown.get(tool) ?? 0) + 1);
    }
    if (found.change !== "unaffected") this.#group(recording, found, now);
  }

  badIdentity({ at }: Recording): void {
    this.#calls += 1;
    this.#bad.push(at);
  }

  #group(
    recording: Recording,
    found: Pick<Group, "change" | "direction" | "before" | "after">,
    now: Decision,
  ): void {
    const { at } = now;
    const { before, after, change } = found;
    const { tool } = recording;
    const key = JSON.stringify([change, tool, before, after]);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { ...found, tool, at, count: 0, examples: [] };
      this.#groups.set(key, group);
    }
    group.count += 1;
    if (group.examples.length < this.#examples) group.examples.push(recording);
  }

  result(): Tally {
    return {
      calls: this.#calls,
      counts: this.#counts,
      effects: this.#effects,
      groups: [...this.#groups.values()].sort((a, b) => b.count - a.count),
      untouchedRules: this.#policy.rules
        .filter(({ name }) => !this.#matched.has(name))
        .map(({ name, at }) => ({ name, at, erred: this.#erred.has(name) })),
      unknownTools: [...this.#unknown]
        .map(([tool, count]) => ({ tool, count }))
        .sort((a, b) => b.count - a.count),
      badIdentities: this.#bad,
      withoutTime: this.#withoutTime,
    };
  }
}

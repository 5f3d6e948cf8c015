import type { Effect } from "@interlatch/core";
import type { Workbench } from "@interlatch/core/testing";
import { candidatesFor } from "./candidates.ts";
import type { Change } from "./change.ts";
import type { Question } from "./question.ts";

/** A changed call that the engine has judged, and that fares better than the call did. */
export interface Way {
  /** What would come of it: it would run, or a person would be asked. */
  readonly effect: "allow" | "review";
  /** What is otherwise: `with arguments.size at most 1000`. */
  readonly text: string;
}

/** Decisions that one search may take, some 20 µs each; fewer where each looks at many rules. */
const MOST_DECISIONS = 5_000;
const MOST_RULES_ASKED = 2_000_000;
/** Candidates that are looked at; a policy may compare with thousands of constants. */
const MOST_CANDIDATES = 400;
const MOST_WAYS = 3;

/**
 * The smallest changes with which a call would be allowed: one of those that the policy suggests, else two of them.
 * Each was judged by the engine; what is not found within the bounds is not said. For operators: it tells what a
 * policy compares with, so it must never reach a model.
 */
export function smallestChanges(bench: Workbench, question: Question): readonly Way[] {
  const search = new Search(bench, question);
  const before = search.effectOf([]);
  if (before === "allow") return [];
  const changes = candidatesFor(bench.policy, question).slice(0, MOST_CANDIDATES);
  const singles = changes.map((change) => [change]);
  const allowed = search.find(singles, "allow");
  if (allowed.length > 0) return allowed;
  const asked = before === "deny" ? search.find(singles, "review").slice(0, 1) : [];
  return [...asked, ...search.find(pairsOf(changes), "allow")].slice(0, MOST_WAYS);
}

function* pairsOf(changes: readonly Change[]): Generator<readonly Change[]> {
  for (const [index, first] of changes.entries()) {
    for (const second of changes.slice(index + 1)) {
      if (first.place !== second.place) yield [first, second];
    }
  }
}

class Search {
  readonly #bench: Workbench;
  readonly #question: Question;
  #left: number;

  constructor(bench: Workbench, question: Question) {
    this.#bench = bench;
    this.#question = question;
    const rules = bench.policy.rules.filter(({ tools }) => tools.includes(question.tool)).length;
    this.#left = Math.min(MOST_DECISIONS, Math.ceil(MOST_RULES_ASKED / Math.max(1, rules)));
  }

  /** The ways that come to an effect: of several numbers for one place the one nearest to what it is. */
  find(sets: Iterable<readonly Change[]>, effect: "allow" | "review"): readonly Way[] {
    const found = new Map<string, { readonly set: readonly Change[]; readonly distance: number }>();
    for (const set of sets) {
      if (this.#left <= 0) break;
      if (this.effectOf(set) !== effect) continue;
      const key = set.map(placeOf).sort().join("\n");
      const distance = set.reduce((sum, { number }) => sum + distanceOf(number), 0);
      const known = found.get(key);
      if (known === undefined || distance < known.distance) found.set(key, { set, distance });
    }
    return [...found.values()].slice(0, MOST_WAYS).map(({ set }) => ({
      effect,
      // Bounds first, in whichever order the two were found.
      text: [...set]
        .sort((a, b) => Number(b.number !== undefined) - Number(a.number !== undefined))
        .map((change) => this.#textOf(change, set, effect))
        .join(" and "),
    }));
  }

  effectOf(changes: readonly Change[]): Effect {
    this.#left -= 1;
    let question = this.#question;
    for (const change of changes) question = change.apply(question);
    try {
      return this.#bench.judge(question).decision.effect;
    } catch {
      return "deny"; // an identity that no guard takes
    }
  }

  /** A bound is said where what lies beyond it fares no worse: the next number, and one half as far from zero or twice. */
  #textOf(change: Change, set: readonly Change[], effect: Effect): string {
    const { number, place } = change;
    if (number === undefined) return change.text;
    const { from, to } = number;
    const isLess = to < from;
    const others = set.filter((one) => one !== change);
    const beyond = isLess ? [to - 1, Math.floor(to / 2)] : [to + 1, to * 2];
    const holds = beyond.every(
      (value) => this.effectOf([...others, number.instead(value)]) === effect,
    );
    return holds ? `with ${place} at ${isLess ? "most" : "least"} ${to}` : change.text;
  }
}

/** Of several numbers, and of several instants, one is enough. */
function placeOf({ place, number, text }: Change): string {
  return number === undefined && place !== "time" ? text : place;
}

function distanceOf(number: Change["number"]): number {
  return number === undefined ? 0 : Math.abs(number.from - number.to);
}

import {
  canonicalJson,
  type Decision,
  type Identity,
  type Json,
  type Policy,
} from "@interlatch/core";
import type { Recording } from "../recordings/recording.ts";
import { directionBetween, type Verdict, verdictsBetween } from "../replay/change.ts";
import { createPlayer, type Player } from "../replay/player.ts";
import { allChoices, changed, type Choice, randomNumbers, singleChanges } from "./choices.ts";
import { callOf } from "./made-call.ts";
import { type Slot, slotsOf } from "./slots.ts";

/** A call that the second policy lets further than the first. */
export interface LooserCall {
  readonly tool: string;
  readonly arguments: Recording["arguments"];
  readonly identity: Identity;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly before: Verdict;
  readonly after: Verdict;
  /** The rule that lets it further, else the one that no longer holds it back. */
  readonly rule: string | null;
}

/** What a search came to. */
export interface SearchResult {
  /** The smallest call for each tool and rule. */
  readonly found: readonly LooserCall[];
  /** How many calls were tried, by tool. */
  readonly tried: Readonly<Record<string, number>>;
  /** Tools of which the second policy denied every call that was tried: a search that says little. */
  readonly unreached: readonly string[];
  /** Tools of which nothing that decides their calls has changed. */
  readonly unchanged: readonly string[];
}

/** What is searched, and for how long. */
export interface SearchOptions {
  /** How many calls of each tool are tried at most; each is decided by both policies. */
  readonly budget: number;
  /** The clock, epoch milliseconds. */
  readonly now: number;
  /** Called with how many calls were tried. */
  readonly told: (done: number) => void;
}

/**
 * Looks for calls that a second policy lets further than a first: from deny to review or allow, from review to allow,
 * from review to one that fewer or other people can answer, or on with arguments that were rewritten before. Each is decided by the real engine under both. The calls are
 * combined of values that either policy names, one to three at a time changed in calls that took a new way through
 * the rules. It is a search: what it finds is so, and what it does not find is not proven to be absent. The same
 * policies, clock and budget find the same.
 */
export async function searchLooser(
  before: Policy,
  after: Policy,
  { budget, now, told }: SearchOptions,
): Promise<SearchResult> {
  const names = [...new Set([...Object.keys(before.tools), ...Object.keys(after.tools)])].sort();
  const first = await createPlayer(before, { limits: false, time: now });
  const second = await createPlayer(after, { limits: false, time: now });
  const found: LooserCall[] = [];
  const unchanged: string[] = [];
  const unreached: string[] = [];
  const tried: Record<string, number> = {};
  let done = 0;
  for (const tool of names) {
    if (sliceOf(before, tool) === sliceOf(after, tool)) {
      unchanged.push(tool);
      continue;
    }
    const search = new ToolSearch(tool, slotsOf(tool, [before, after], now), now, first, second);
    found.push(...(await search.run(budget, () => told((done += 1)))));
    tried[tool] = search.tried;
    if (!search.isReached) unreached.push(tool);
  }
  await first.close();
  await second.close();
  return { found, tried, unreached, unchanged };
}

/** Everything that decides calls of a tool, as text. Where it was written does not. */
function sliceOf({ tools, rules, agents, facts, mode }: Policy, tool: string): string {
  const own = rules.filter((rule) => rule.tools.includes(tool));
  const sorted = own.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const slice = { tool: Object.hasOwn(tools, tool) ? tools[tool] : null, sorted, agents, mode };
  const read = withoutPlaces(slice);
  return read.includes(READS_FACTS) ? read + withoutPlaces(facts) : read;
}

/** How canonical JSON writes the variable. A text that looks the same costs a search that was not needed. */
const READS_FACTS = '"kind":"variable","name":"facts"';

function withoutPlaces(value: unknown): string {
  const plain: unknown = JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (key === "at" ? undefined : inner)),
  );
  return canonicalJson(plain as Json); // parsed a moment ago
}

/** A choice that is looser, and the call that it makes. */
interface Found {
  readonly choice: Choice;
  readonly call: LooserCall;
}

class ToolSearch {
  tried = 0;
  /** Whether the second policy let any call get further than a denial. */
  isReached = false;
  readonly #tool: string;
  readonly #slots: readonly Slot[];
  readonly #now: number;
  readonly #before: Player;
  readonly #after: Player;
  readonly #seen = new Set<string>();
  readonly #ways = new Set<string>();
  readonly #pool: Choice[] = [];
  readonly #found = new Map<string, Found>();

  constructor(tool: string, slots: readonly Slot[], now: number, before: Player, after: Player) {
    this.#tool = tool;
    this.#slots = slots;
    this.#now = now;
    this.#before = before;
    this.#after = after;
  }

  async run(budget: number, told: () => void): Promise<readonly LooserCall[]> {
    for (const choice of this.#choices(budget)) {
      await this.#try(choice);
      told();
      if (this.tried >= budget) break;
    }
    const smallest: LooserCall[] = [];
    for (const found of this.#found.values()) smallest.push((await this.#shrink(found)).call);
    return smallest;
  }

  /** Every combination where there are few; else single changes, pairs, then random ones around what was new. */
  *#choices(budget: number): Generator<Choice> {
    const base = this.#slots.map(() => 0);
    const sizes = this.#slots.map(({ candidates }) => candidates.length);
    if (sizes.reduce((product, size) => product * size, 1) <= budget) {
      yield* allChoices(sizes);
      return;
    }
    yield base;
    yield* singleChanges(base, sizes);
    const random = randomNumbers();
    // Repeats are passed over, so a small space would otherwise be sought in for ever.
    for (let round = 0; round < budget * 4; round += 1) {
      const from = this.#pool[Math.floor(random() * this.#pool.length)] ?? base;
      yield changed(from, sizes, random);
    }
  }

  async #try(choice: Choice): Promise<void> {
    const key = choice.join();
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.tried += 1;
    const decided = await this.#decide(choice);
    if (decided === null) return;
    const { before, after, call } = decided;
    if (after.effect !== "deny") this.isReached = true;
    const way = JSON.stringify([wayOf(before), wayOf(after)]);
    if (!this.#ways.has(way)) {
      this.#ways.add(way);
      this.#pool.push(choice);
    }
    if (call === null) return;
    const kind = kindOf(call);
    const known = this.#found.get(kind);
    if (known === undefined || weightOf(choice) < weightOf(known.choice)) {
      this.#found.set(kind, { choice, call });
    }
  }

  /** Takes away, and makes simpler, whatever is not needed for the call to be looser for the same reason. */
  async #shrink({ choice, call }: Found): Promise<Found> {
    let best: Found = { choice, call };
    for (let slot = 0; slot < choice.length; slot += 1) {
      for (let index = 0; index < (best.choice[slot] ?? 0); index += 1) {
        const simpler = best.choice.with(slot, index);
        const decided = await this.#decide(simpler);
        const found = decided?.call ?? null;
        if (found === null || kindOf(found) !== kindOf(call)) continue;
        best = { choice: simpler, call: found };
        break;
      }
    }
    return best;
  }

  async #decide(
    choice: Choice,
  ): Promise<{ before: Decision; after: Decision; call: LooserCall | null } | null> {
    const made = callOf(this.#tool, this.#slots, choice, this.#now);
    const before = await this.#before.play(made);
    const after = await this.#after.play(made);
    // An identity that no guard takes makes no call.
    if (before === null || after === null) return null;
    if (directionBetween(before, after) !== "looser") return { before, after, call: null };
    const { tool, arguments: args, identity, time } = made;
    const call = {
      tool,
      arguments: args,
      identity,
      time,
      ...verdictsBetween(before, after),
      rule: after.rule ?? before.rule,
    };
    return { before, after, call };
  }
}

function kindOf({ before, after, rule }: LooserCall): string {
  return JSON.stringify([before.effect, after.effect, rule]);
}

/** The way a call took through a policy: its end, and how every rule came out. */
function wayOf({ effect, code, rules }: Decision): string {
  return `${effect} ${code} ${rules.map(({ outcome }) => outcome[0]).join("")}`;
}

function weightOf(choice: Choice): number {
  return choice.reduce((weight, index) => weight + (index === 0 ? 0 : 1_000 + index), 0);
}

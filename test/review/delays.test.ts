import { Command } from "@langchain/langgraph";
import type { ApprovalStore } from "@interlatch/core";
import { memoryApprovals } from "@interlatch/core/approvals";
import { describe, expect } from "vitest";
import { Random } from "../fuzz/random.ts";
import { call } from "../scripted-model.ts";
import { verifies } from "../verifies.ts";
import {
  APPROVE,
  dangling,
  FINANCE,
  FRAMEWORKS,
  hasStopped,
  HELLO,
  questionOf,
  REJECT,
  start,
  told,
} from "./apps.ts";

/** 200 seeds, some at a time. */
const SEEDS: readonly (readonly [from: number, to: number])[] = [
  [0, 50],
  [50, 100],
  [100, 150],
  [150, 200],
];

/** Lets other work go first, by chance more or less of it. */
async function delay(random: Random): Promise<void> {
  for (let turns = random.below(4); turns > 0; turns--) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

/** A store that answers as late as chance wants. */
function slow(store: ApprovalStore, random: Random): ApprovalStore {
  const late = async <Result>(answer: () => Result | Promise<Result>): Promise<Result> => {
    await delay(random);
    const result = await answer();
    await delay(random);
    return result;
  };
  return {
    open: (approval, most) => late(() => store.open(approval, most)),
    get: (id) => late(() => store.get(id)),
    latest: (key) => late(() => store.latest(key)),
    replace: (id, version, next) => late(() => store.replace(id, version, next)),
    list: (filter) => late(() => store.list(filter)),
  };
}

function shuffled<Item>(items: readonly Item[], random: Random): readonly Item[] {
  return items
    .map((item) => [random.next(), item] as const)
    .toSorted(([one], [other]) => one - other)
    .map(([, item]) => item);
}

describe.each(FRAMEWORKS)("%s", (_, framework) => {
  for (const [from, to] of SEEDS) {
    verifies("lg.08", `hands no answer to another call, seeds ${from} to ${to}`, async () => {
      for (let seed = from; seed < to; seed++) {
        const random = new Random(seed);
        const amounts = [...Array(2 + random.below(3)).keys()];
        const turn = amounts.map((amount) =>
          call(amount % 2 === 0 ? "pay" : "mail", { amount }, `c${amount}`),
        );
        const approved = new Set(amounts.filter(() => random.chance(0.5)));
        const { app, as, ran } = await start(framework, [turn], {
          stores: { approvals: slow(memoryApprovals(), random) },
          during: () => delay(random),
        });
        let outcome = await app.invoke(HELLO, as());
        for (let round = 0; hasStopped(outcome) && round < 20; round++) {
          const { id, actions } = questionOf(outcome);
          // Some of them, in any order; or all of them in the order in which they were asked.
          const some = shuffled(actions, random).filter(() => random.chance(0.7));
          const inOrder = random.chance(0.3);
          const decisions = (inOrder ? actions : some).map(({ args, digest, id: approval }) => ({
            ...(approved.has(Number(args["amount"])) ? APPROVE : REJECT),
            ...(inOrder ? {} : { id: approval, digest }),
          }));
          outcome = await app.invoke(new Command({ resume: { [id]: { decisions } } }), as(FINANCE));
        }
        const expected = amounts.map(
          (one) => `c${one} ${approved.has(one) ? "ran" : "approval_rejected"}`,
        );
        expect(told(outcome), `seed ${seed}`).toEqual(expected);
        expect(dangling(outcome), `seed ${seed}`).toEqual([]);
        expect(ran, `seed ${seed}`).toHaveLength(approved.size);
        const paid = new Set(ran.map((one) => Number(/\d+/.exec(one)?.[0])));
        expect(paid, `seed ${seed}`).toEqual(approved);
      }
    });
  }
});

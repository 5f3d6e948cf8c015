import fc from "fast-check";
import { describe, expect } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { asking, Scene } from "../../test/reviews.ts";
import { memoryApprovals } from "../approvals/memory.ts";
import type { ApprovalStore } from "../approvals/store.ts";
import type { ReviewAnswer } from "./guard.ts";

const SEEDS = 200;

/** Waits some turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((done) => setImmediate(done));
}

/** A store whose every step takes a random number of turns, before it and after it. */
function slow(next: () => number): ApprovalStore {
  const store = memoryApprovals();
  const slowly = async <Value>(step: () => Value): Promise<Awaited<Value>> => {
    await turns(next());
    const value = await step();
    await turns(next());
    return value;
  };
  return {
    open: (approval, most) => slowly(() => store.open(approval, most)),
    get: (id) => slowly(() => store.get(id)),
    latest: (key) => slowly(() => store.latest(key)),
    replace: (id, version, value) => slowly(() => store.replace(id, version, value)),
    list: (filter) => slowly(() => store.list(filter)),
    watch: (id, changed) => store.watch?.(id, changed) ?? (() => undefined),
  };
}

describe("parallel reviews", () => {
  verifies("review.parallel", "each get the answer that was given to them", async () => {
    const one = fc.record({
      session: fc.constantFrom("a", "b"),
      tenant: fc.constantFrom(undefined, "t"),
      answer: fc.constantFrom("approve", "reject", "modify"),
      delay: fc.nat(4),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(one, { minLength: 2, maxLength: 6 }),
        fc.array(fc.nat(3), { minLength: 8, maxLength: 32 }),
        async (calls, delays) => {
          let step = 0;
          const next = (): number => delays[step++ % delays.length] ?? 0;
          const scene = await Scene.of(asking(), {
            stores: { approvals: slow(next) },
            onReview: async ({ arguments: args }): Promise<ReviewAnswer> => {
              const n = Number(args["n"]);
              const { answer = "reject", delay = 0 } = calls[n] ?? {};
              await turns(delay);
              return answer === "modify"
                ? { answer, reviewer: "ann", arguments: { n, by: "ann" } }
                : { answer, reviewer: "ann" };
            },
          });
          const codes = await Promise.all(
            calls.map(({ session, tenant }, n) => {
              const identity = tenant === undefined ? { session } : { session, tenant };
              // One id for all of them: only session and tenant tell them apart, or the content does.
              return scene.run({ id: `c${n % 2}`, args: { n }, identity }, {});
            }),
          );
          const ran = scene.ran.map((args) => JSON.stringify(args)).sort();
          const expected = calls.flatMap(({ answer }, n) => {
            if (codes[n] !== "ran") return [];
            return JSON.stringify(answer === "modify" ? { n, by: "ann" } : { n });
          });
          expect(ran).toEqual(expected.sort());
          for (const [n, { answer }] of calls.entries()) {
            const allowed = answer === "reject" ? ["approval_rejected"] : ["ran"];
            // The id is in use, or the session has asked enough.
            expect([...allowed, "duplicate_call_id", "review_budget"]).toContain(codes[n]);
          }
        },
      ),
      { numRuns: SEEDS },
    );
  });

  verifies("review.parallel", "of one call on many hosts run it once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { minLength: 8, maxLength: 32 }),
        fc.integer({ min: 2, max: 5 }),
        async (delays, hosts) => {
          let step = 0;
          const stores = { approvals: slow(() => delays[step++ % delays.length] ?? 0) };
          const scenes = await Promise.all(
            Array.from({ length: hosts }, () => Scene.of(asking(), { stores })),
          );
          const [first] = scenes;
          await first?.answer(await first.open());
          const codes = await Promise.all(
            scenes.map((scene) => scene.run({}, { reviews: "opened" })),
          );
          expect(codes.filter((code) => code === "ran")).toHaveLength(1);
          expect(scenes.flatMap(({ ran }) => ran)).toEqual([{ n: 1 }]);
        },
      ),
      { numRuns: 50 },
    );
  });
});

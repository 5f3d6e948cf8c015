import fc from "fast-check";
import { describe, expect } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { play, steps } from "../test/histories.ts";
import { MAJORS } from "../test/majors.ts";

/** The suite `histories` runs more of them. */
const HISTORIES = 150;

describe.each(MAJORS)("AI SDK $version", (sdk) => {
  verifies(
    "ai.x.histories",
    "no random history runs a call that is denied, unapproved, changed or done",
    async () => {
      let approved = 0;
      await fc.assert(
        fc.asyncProperty(steps, async (history) => {
          const played = await play(sdk, history);
          approved += played.approved;
          expect(played.faults).toEqual([]);
        }),
        { numRuns: HISTORIES },
      );
      // Histories in which nothing can run would prove nothing.
      expect(approved).toBeGreaterThan(HISTORIES / 4);
    },
  );
});

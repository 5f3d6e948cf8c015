import { REQUIREMENTS, requirement } from "@interlatch/conformance";
import { describe, expect, it } from "vitest";
import { citedIds } from "./citations.ts";

const cited = citedIds();

describe("the manifest of requirements", () => {
  it("has each id once, in a closed form, with a sentence", () => {
    const ids = REQUIREMENTS.map(({ id }) => id);
    expect(ids.length).toBe(new Set(ids).size);
    for (const { id, says, since } of REQUIREMENTS) {
      expect(id).toMatch(/^[a-z]+(\.[A-Za-z0-9-]+){1,2}$/);
      expect(says, id).toMatch(/^[A-Z_].*\.$/);
      expect(since, id).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it("is proven: every requirement is cited by a test", async () => {
    const ids = await cited;
    const unproven = REQUIREMENTS.filter(({ id }) => !ids.has(id)).map(
      ({ id, says }) => `${id}: ${says}`,
    );
    expect(unproven).toEqual([]);
  });

  it("is complete: no test cites what it does not hold", async () => {
    const unknown = [...(await cited)].filter((id) => requirement(id) === undefined);
    expect(unknown.toSorted()).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { attacks } from "./attacks.ts";

describe("bundle attacks", () => {
  it.each(attacks)("$id $title", ({ run }) => run());

  it("are numbered once each, the first forty without a gap", () => {
    const ids = attacks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const first = Array.from({ length: 40 }, (_, index) => index + 1);
    expect(ids).toEqual(
      expect.arrayContaining(first.map((n) => `bundle.attack.${String(n).padStart(2, "0")}`)),
    );
  });
});

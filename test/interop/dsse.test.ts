import { describe, expect, it } from "vitest";
import { verifies } from "../verifies.ts";
import { DSSE_CASES } from "./cases.ts";

describe("DSSE", () => {
  for (const { id, title, run } of DSSE_CASES) verifies(id, title, run);

  it("has each case once", () => {
    const ids = DSSE_CASES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

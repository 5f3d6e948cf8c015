import { describe, expect, it } from "vitest";
import { addCounts, closingLine, exitCode, readClosingLine } from "./counts.ts";

describe("the closing line", () => {
  it("names skipped ones only when there are any", () => {
    expect(closingLine({ passed: 3, failed: 1, skipped: 0 })).toBe("3 passed, 1 failed");
    expect(closingLine({ passed: 3, failed: 0, skipped: 2 })).toBe("3 passed, 0 failed, 2 skipped");
  });

  it("is read back, the last one when there are several", () => {
    expect(readClosingLine("1 passed, 0 failed\nmore\n7 passed, 2 failed, 1 skipped\n\n")).toEqual({
      passed: 7,
      failed: 2,
      skipped: 1,
    });
  });

  it("is not seen inside another line", () => {
    expect(readClosingLine("Tests  3 passed, 0 failed today\n")).toBeUndefined();
    expect(readClosingLine("")).toBeUndefined();
  });
});

describe("the exit code", () => {
  it("is 0 when something passed and nothing failed", () => {
    expect(exitCode({ passed: 1, failed: 0, skipped: 4 })).toBe(0);
  });

  it("is 1 for a failure, and for a run that executed nothing", () => {
    expect(exitCode({ passed: 5, failed: 1, skipped: 0 })).toBe(1);
    expect(exitCode({ passed: 0, failed: 0, skipped: 9 })).toBe(1);
  });
});

it("counts add up", () => {
  const one = { passed: 1, failed: 2, skipped: 3 };
  expect(addCounts(one, one)).toEqual({ passed: 2, failed: 4, skipped: 6 });
  expect(addCounts()).toEqual({ passed: 0, failed: 0, skipped: 0 });
});

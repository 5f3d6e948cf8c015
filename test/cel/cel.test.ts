import { describe, expect, it } from "vitest";
import { judge, readExclusions, report } from "../suites/cel.ts";
import { verifies } from "../verifies.ts";
import { type ConformanceTest, conformanceTests, failureOf } from "./conformance.ts";

const exclusions = readExclusions();

function testNamed(name: string): ConformanceTest {
  const found = conformanceTests().find((test) => test.name === name);
  if (found === undefined) throw new Error(`The suite has no test ${name}.`);
  return found;
}

describe("the official CEL suite", () => {
  verifies("language.cel", "passes, but for what stands in the list", async () => {
    const { failed, passed, lines } = report(
      await judge(conformanceTests(), exclusions),
      exclusions,
    );
    expect(lines.filter((line) => line.includes("FAILED"))).toEqual([]);
    expect(failed).toBe(0);
    expect(passed).toBe(619);
  });

  it("has each test under one name", () => {
    const names = conformanceTests().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("fails where the list holds a test that passes, one twice, or one that is not there", async () => {
    const listed = {
      odd: { why: "none", tests: ["logic/AND/all_true", "logic/AND/all_true", "no/such/test"] },
    };
    const { failed, lines } = report(
      await judge([testNamed("logic/AND/all_true")], listed),
      listed,
    );
    expect(failed).toBe(3);
    const told = lines.join("\n");
    expect(told).toContain("is left out, and passes: take it off the list");
    expect(told).toContain("is left out twice");
    expect(told).toContain("no test has this name");
  });

  it("fails where a test that is not in the list does not pass", async () => {
    const { failed, passed } = report(
      await judge([testNamed("basic/self_eval_nonzeroish/self_eval_uint_nonzero")], {}),
      {},
    );
    expect({ failed, passed }).toEqual({ failed: 1, passed: 0 });
  });

  it("passes no test that wants an error because a literal or a function is left out", async () => {
    expect(await failureOf(testNamed("conversions/int/double_range"))).toContain(
      "left out of this language",
    );
    expect(await failureOf(testNamed("integer_math/uint64_math/divide_zero"))).toContain(
      "unsigned",
    );
    expect(await failureOf(testNamed("logic/AND/error_left"))).toBeUndefined();
  });
});

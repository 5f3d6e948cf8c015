import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { compile } from "../../packages/conformance/test/runners/compile.ts";
import { testAdapter, type AdapterUnderTest, type Runner } from "@interlatch/conformance";

/** One test of the kit, not yet run. */
export interface Check {
  readonly requirement: string;
  readonly title: string;
  run(): Promise<CheckResult>;
}

/** What came of it. One that asserts nothing has shown nothing. */
export interface CheckResult {
  readonly assertions: number;
  /** `null`: it held. */
  readonly fault: string | null;
}

/** The tests that the kit has for an adapter: it is handed a runner that keeps them. */
export function checksOf(adapter: AdapterUnderTest): readonly Check[] {
  const checks: Check[] = [];
  let assertions = 0;
  const runner: Runner = {
    describe: (_, body) => body(),
    it(name, body) {
      const [, requirement = "", title = name] = /^\[(.*?)\] (.*)$/.exec(name) ?? [];
      const run = async (): Promise<CheckResult> => {
        assertions = 0;
        const fault = await body().then(
          () => null,
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
        return { assertions, fault };
      };
      checks.push({ requirement, title, run });
    },
    expect: (actual) => ({
      toBe(expected) {
        assertions++;
        assert.equal(actual, expected);
      },
      toEqual(expected) {
        assertions++;
        // Cloned, since what a guard gives has no prototype and a test's own object has one.
        if (isDeepStrictEqual(structuredClone(actual), structuredClone(expected))) return;
        assert.deepEqual(actual, expected);
      },
    }),
  };
  testAdapter(adapter, runner, { compile });
  return checks;
}

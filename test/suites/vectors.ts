import {
  readVectors,
  requirement,
  runVectors,
  type AdapterUnderTest,
  type VectorFailure,
  type VectorReport,
} from "@interlatch/conformance";
import { testGuard } from "@interlatch/core/testing";
import { compilePolicy } from "@interlatch/policy";
import type { SuiteOptions, SuiteResult } from "../tasks/suite-result.ts";

/**
 * Runs the vectors of the published kit against this compiler and this engine.
 *
 * @param topic - one file; left out: all of them
 * @param adapter - through this framework instead of on the guard itself
 */
export async function vectorReport(
  topic?: string,
  adapter?: AdapterUnderTest,
): Promise<VectorReport> {
  const files = await readVectors();
  const chosen = topic === undefined ? files : files.filter((file) => file.topic === topic);
  return runVectors(chosen, {
    compile: (text) => compilePolicy({ files: [{ path: "policy.yaml", text }] }),
    makeGuard: (policy, options) => testGuard(policy, options),
    ...(adapter === undefined ? {} : { adapter }),
  });
}

/** Why a case is known to fail; `undefined` where it is not. Its entry in the manifest is `vectors.CASE`. */
export function knownFailure(failure: VectorFailure): string | undefined {
  return requirement(`vectors.${failure.case ?? failure.vector}`)?.knownFailure;
}

/** `pnpm suite vectors`: every vector; they are few enough that the short form is the whole. */
export async function run(_options: SuiteOptions): Promise<SuiteResult> {
  const { passed, failed, skipped, files, lines } = await vectorReport();
  const failures = files.flatMap((file) => file.failures);
  const known = failures.flatMap((failure) => {
    const why = knownFailure(failure);
    return why === undefined ? [] : [`known to fail: ${failure.case ?? failure.vector}: ${why}`];
  });
  const unrun = skipped > 0 ? [`${skipped} cases skipped, for the keys above`] : [];
  return { passed, failed: failed - known.length, lines: [...lines, ...known, ...unrun] };
}

import { type BundlePayload, InterlatchError, type Policy } from "@interlatch/core";
import { buildPayload, type PolicySource } from "@interlatch/policy";
import { type Config, inProject } from "./config.ts";
import type { Output } from "./output.ts";
import { shareOf } from "./tests/coverage.ts";
import { readTests, type TestFile } from "./tests/read-tests.ts";
import { runGroup, type WholeRun } from "./tests/run-tests.ts";

/** What a bundle is for: all of its payload that does not come from the project's files. */
export type Purpose = Pick<
  BundlePayload,
  "version" | "audience" | "notBefore" | "expires" | "created" | "change"
>;

/** Runs the project's tests on the very policy that is to be signed. */
export async function testPolicy(
  config: Config,
  policy: Policy,
  output: Output,
): Promise<WholeRun> {
  if (config.id !== undefined && config.id !== policy.id) {
    throw new InterlatchError(
      "ERR_CONFIG",
      `${config.file} says that the policy is \`${config.id}\`; the policy says \`${policy.id}\`.`,
    );
  }
  const { tests = [], folder } = config;
  const files = await readTests({ paths: tests, folder, config });
  refuseOtherPolicies(config, files);
  return runGroup(policy, files, output);
}

/** Tests of another policy say nothing of this one, and their count would stand in its bundle. */
function refuseOtherPolicies(config: Config, files: readonly TestFile[]): void {
  const own = JSON.stringify(config.policy.map((path) => inProject(config, path)));
  const other = files.find(({ policyPaths }) => JSON.stringify(policyPaths) !== own);
  if (other === undefined) return;
  throw new InterlatchError(
    "ERR_CONFIG",
    `${other.name} names a policy of its own; the tests of a bundle are for the policy in it.`,
  );
}

/** The payload of a project whose tests have run. The same files and the same purpose give the same bytes. */
export function projectPayload(
  { version, audience, notBefore, expires, created, change }: Purpose,
  sources: readonly PolicySource[],
  { policy, files, results, coverage }: WholeRun,
): Promise<Uint8Array<ArrayBuffer>> {
  return buildPayload({
    policy,
    version,
    audience,
    notBefore,
    expires,
    created,
    ...(change === undefined ? {} : { change }),
    sources,
    tests: {
      files: files.map(({ name, text }) => ({ path: name, text })),
      cases: results.length,
      coverage: shareOf(coverage),
    },
  });
}

import { basename, dirname, join, resolve } from "node:path";
import { InterlatchError, type Policy } from "@interlatch/core";
import {
  compilePolicy,
  formatDiagnostic,
  parsePolicyTests,
  type PolicyTests,
} from "@interlatch/policy";
import { type Config, inProject } from "../config.ts";
import { exists, readText } from "../files.ts";
import type { Io } from "../io.ts";
import type { Output } from "../output.ts";
import { announceCompile, nameIn, projectSources } from "../policy-files.ts";

/** A file of tests with the policy it is for. */
export interface TestFile {
  /** As reports and bundles name it. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly tests: PolicyTests;
  /** The absolute paths of the policy's files. */
  readonly policyPaths: readonly string[];
}

/** The files of tests to run: those named, else those of the project. Relative to `folder`. */
export interface TestSelection {
  readonly paths: readonly string[];
  readonly folder: string;
  readonly config: Config | undefined;
}

/** Which files of tests are meant. @throws ERR_CONFIG when there are none */
export function selectTests(
  io: Io,
  named: readonly string[],
  config: Config | undefined,
): TestSelection {
  if (named.length > 0) return { paths: named, folder: io.cwd, config };
  if (config?.tests !== undefined && config.tests.length > 0) {
    return { paths: config.tests, folder: config.folder, config };
  }
  throw new InterlatchError(
    "ERR_CONFIG",
    "There are no tests to run: name files, or list them under `tests` in the config.",
  );
}

/**
 * Reads files of tests and finds the policy of each: what the file itself names, else the project's for a file
 * that the project lists, else the one beside it (`shop.test.yaml` is about `shop.yaml`).
 *
 * @throws ERR_FILE
 * @throws ERR_POLICY with everything that is wrong in a file
 */
export function readTests(selection: TestSelection): Promise<readonly TestFile[]> {
  return Promise.all(selection.paths.map((path) => readOne(path, selection)));
}

async function readOne(path: string, { folder, config }: TestSelection): Promise<TestFile> {
  const absolute = resolve(folder, path);
  const name = nameIn(folder, path);
  const text = await readText(absolute, path);
  const read = parsePolicyTests(text, name);
  if (!read.ok) {
    const faults = read.errors.map((error) => formatDiagnostic(error)).join("\n\n");
    throw new InterlatchError("ERR_POLICY", `${name} cannot be read as tests:\n\n${faults}`);
  }
  const policyPaths = await policyOf(absolute, read.tests, config);
  return { name, path: absolute, text, tests: read.tests, policyPaths };
}

async function policyOf(
  absolute: string,
  { policy }: PolicyTests,
  config: Config | undefined,
): Promise<readonly string[]> {
  if (policy.length > 0) return policy.map((each) => resolve(dirname(absolute), each));
  const listed = config?.tests?.some((each) => inProject(config, each) === absolute) === true;
  if (config !== undefined && listed) return config.policy.map((each) => inProject(config, each));
  const beside = join(dirname(absolute), basename(absolute).replace(/\.test\.ya?ml$/, ".yaml"));
  if (beside !== absolute && (await exists(beside))) return [beside];
  if (config !== undefined) return config.policy.map((each) => inProject(config, each));
  throw new InterlatchError(
    "ERR_CONFIG",
    `It is not known which policy ${basename(absolute)} tests: name it there, \`policy: policy.yaml\`.`,
  );
}

/**
 * Compiles the policy that a file of tests is for.
 *
 * @throws ERR_POLICY when it has errors
 */
export async function compileFor(
  { policyPaths }: TestFile,
  folder: string,
  strict: boolean,
  output: Output,
): Promise<Policy> {
  const files = await projectSources({ folder, policy: policyPaths });
  announceCompile(output, files);
  const result = await compilePolicy({ files }, { strict });
  if (result.ok) return result.policy;
  const faults = result.errors.map((error) => formatDiagnostic(error)).join("\n\n");
  throw new InterlatchError(
    "ERR_POLICY",
    `The policy has errors, so nothing was tested:\n\n${faults}`,
  );
}

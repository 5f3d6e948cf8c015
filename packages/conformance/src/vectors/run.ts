import { errorLine, unsupportedKeys, type Compiled, type VectorHost } from "./host.ts";
import { playCase } from "./play.ts";
import {
  linesOf,
  total,
  type FileReport,
  type SkippedVector,
  type VectorFailure,
  type VectorReport,
} from "./report.ts";
import type {
  BuildVector,
  DecisionVector,
  ExpectedError,
  Vector,
  VectorCase,
  VectorFile,
} from "./vector.ts";

/**
 * Runs decision vectors: each policy is compiled, and each of its cases played on a guard of its own. A
 * vector is skipped when its policy fails with `not_supported_yet` and nothing else.
 *
 * @param files - from `readVectors`
 *
 * @example
 * ```ts
 * import { readVectors, runVectors } from "@interlatch/conformance";
 * import { testGuard } from "@interlatch/core/testing";
 * import { compilePolicy } from "@interlatch/policy";
 * const report = await runVectors(await readVectors(), {
 *   compile: (text) => compilePolicy({ files: [{ path: "policy.yaml", text }] }),
 *   makeGuard: (policy, options) => testGuard(policy, options),
 * });
 * console.log(report.lines.join("\n"));
 * ```
 */
export async function runVectors(
  files: readonly VectorFile[],
  host: VectorHost,
): Promise<VectorReport> {
  const reports: FileReport[] = [];
  for (const file of files) reports.push(await runFile(file, host));
  return { ...total(reports), files: reports, lines: linesOf(reports) };
}

async function runFile({ topic, vectors }: VectorFile, host: VectorHost): Promise<FileReport> {
  const failures: VectorFailure[] = [];
  const skippedVectors: SkippedVector[] = [];
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const vector of vectors) {
    const played = forHost(vector, host);
    const cases = "cases" in played ? played.cases.length : 1;
    if (cases === 0) continue;
    const compiled = await compile(vector, host);
    const keys = compiled.ok ? null : unsupportedKeys(compiled.errors);
    if (keys !== null) {
      skippedVectors.push({ vector: vector.id, keys, cases });
      counts.skipped += cases;
      continue;
    }
    const found =
      "cases" in played ? await runCases(played, compiled, host) : checkRefusal(played, compiled);
    failures.push(...found);
    // A policy that should build and does not fails each of its cases.
    const failed = found.some((failure) => failure.case === null) ? cases : found.length;
    counts.failed += failed;
    counts.passed += cases - failed;
  }
  return { topic, ...counts, failures, skippedVectors };
}

/** A framework plays calls with ids, each of its own in a turn, and few turns: each is a whole conversation. */
function forHost(vector: Vector, { adapter }: VectorHost): Vector {
  if (adapter === undefined || !("cases" in vector)) return vector;
  return { ...vector, cases: vector.cases.filter(isConversation) };
}

const MOST_TURNS = 20;

function isConversation({ call, sequence = [] }: VectorCase): boolean {
  if (call !== undefined) return call.id !== undefined;
  const turns = sequence.map(({ times = 1, every = 0 }) => (every === 0 ? 1 : times));
  return (
    turns.reduce((sum, count) => sum + count, 0) <= MOST_TURNS &&
    sequence.every(({ call: one, batch, times = 1, every = 0 }) => {
      const ids = (batch ?? []).map(({ call: { id } }) => id);
      if (one === undefined) return !ids.includes(undefined) && new Set(ids).size === ids.length;
      return one.id !== undefined && (times === 1 || every > 0 || one.id.includes("{n}"));
    })
  );
}

async function compile(vector: Vector, host: VectorHost): Promise<Compiled> {
  if (vector.policy !== undefined) return host.compile(vector.policy);
  const { text, times, then } = "generate" in vector && vector.generate ? vector.generate : EMPTY;
  return host.compile(text.repeat(times) + then);
}

const EMPTY = { text: "", times: 0, then: "" };

async function runCases(
  { id, cases, defaults = {} }: DecisionVector,
  compiled: Compiled,
  host: VectorHost,
): Promise<readonly VectorFailure[]> {
  if (!compiled.ok) {
    return [
      {
        vector: id,
        case: null,
        differences: ["does not build", ...compiled.errors.map(errorLine)],
      },
    ];
  }
  const failures: VectorFailure[] = [];
  for (const one of cases) {
    const differences = await playCase(one, defaults, compiled.policy, host);
    if (differences.length > 0) failures.push({ vector: id, case: one.id, differences });
  }
  return failures;
}

/** Each error listed must be among those reported; further ones are no failure. */
function checkRefusal({ id, expect }: BuildVector, compiled: Compiled): readonly VectorFailure[] {
  if (compiled.ok) return [{ vector: id, case: null, differences: ["builds, and must not"] }];
  const { errors } = compiled;
  const missing = (expect.errors ?? []).filter(
    (wanted) => !errors.some((error) => meets(error, wanted)),
  );
  if (missing.length === 0) return [];
  const differences = missing.map(({ line, mentions = [] }) => {
    const where = line === undefined ? "" : ` at line ${line}`;
    return `no error${where} mentions ${mentions.map((word) => `"${word}"`).join(", ") || "anything"}`;
  });
  const reported = errors.map((error) => `reported: ${errorLine(error)}`);
  return [{ vector: id, case: null, differences: [...differences, ...reported] }];
}

function meets(
  error: Extract<Compiled, { ok: false }>["errors"][number],
  { line, mentions = [] }: ExpectedError,
): boolean {
  if (line !== undefined && error.line !== line) return false;
  const text = [error.message, error.hint, error.excerpt].join("\n").toLowerCase();
  return mentions.every((word) => text.includes(word.toLowerCase()));
}

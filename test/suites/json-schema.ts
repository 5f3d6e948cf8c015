import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Json } from "@interlatch/core";
import { validatePolicy } from "@interlatch/core/build";
import { createPatterns } from "../../packages/core/src/evaluate/pattern.ts";
import { compileArguments, type SchemaCheck } from "../../packages/core/src/evaluate/schema.ts";
import { takeSnapshot } from "../../packages/core/src/snapshot/snapshot.ts";
import { type LoweredSchema, lowerSchema } from "../../packages/policy/src/build/lower-schema.ts";
import type { SuiteOptions, SuiteResult } from "../tasks/suite-result.ts";
import { OUTSIDE, type OutsideGroup } from "./json-schema-outside.ts";
import { partsWith } from "../../packages/core/test/parts.ts";

/** The public suite for draft 2020-12, as it is published; see ATTRIBUTION.md beside it. */
const DATA = join(import.meta.dirname, "data", "json-schema");

interface Group {
  readonly description: string;
  readonly schema: Json;
  readonly tests: readonly {
    readonly description: string;
    readonly data: Json;
    readonly valid: boolean;
  }[];
}

/** What running the suite came to. */
export interface JsonSchemaReport {
  readonly passed: number;
  /** Cases that came out otherwise, and lists that are wrong. */
  readonly failures: readonly string[];
  /** Cases of groups that the profile leaves out. */
  readonly outside: number;
  readonly groupsOutside: readonly OutsideGroup[];
  /** Passed cases by file. */
  readonly files: ReadonlyMap<string, number>;
}

/**
 * Runs each case the way an author's schema goes: YAML, build, the checks of loading, compiled closures. Closing
 * is off, and formats are checked in the files about formats alone, as the suite asks.
 */
export async function jsonSchemaReport(): Promise<JsonSchemaReport> {
  const failures: string[] = [];
  const files = new Map<string, number>();
  const listed = new Set(OUTSIDE);
  const groupsOutside: OutsideGroup[] = [];
  let outside = 0;
  for (const file of await filesOf()) {
    let passed = 0;
    for (const group of await groupsOf(file)) {
      const left = OUTSIDE.find((one) => one.file === file && one.group === group.description);
      if (left !== undefined) {
        listed.delete(left);
        groupsOutside.push(left);
        outside += group.tests.length;
        failures.push(...(await refusalMissing(file, group)));
        continue;
      }
      const failed = await failuresOf(file, group);
      passed += group.tests.length - failed.length;
      failures.push(...failed);
    }
    files.set(file, passed);
  }
  for (const { file, group } of listed) failures.push(`${file}: there is no group "${group}"`);
  const passed = [...files.values()].reduce((sum, count) => sum + count, 0);
  return { passed, failures, outside, groupsOutside, files };
}

async function filesOf(): Promise<readonly string[]> {
  const names = await readdir(DATA, { recursive: true });
  return names
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.replaceAll("\\", "/"))
    .sort();
}

async function groupsOf(file: string): Promise<readonly Group[]> {
  // The published form of the suite: test-schema.json of its repository.
  return JSON.parse(await readFile(join(DATA, file), "utf8")) as readonly Group[];
}

/** A group that is left out must be refused: what builds must also be right. */
async function refusalMissing(file: string, group: Group): Promise<readonly string[]> {
  const lowered = await lowerSchema(JSON.stringify(group.schema), false);
  return lowered.ok ? [`${file}: "${group.description}" is left out, yet its schema builds`] : [];
}

async function failuresOf(file: string, group: Group): Promise<readonly string[]> {
  const lowered = await lowerSchema(JSON.stringify(group.schema), false);
  if (!lowered.ok) {
    const why = lowered.errors.map(({ message }) => message).join(" ");
    return group.tests.map((test) => `${nameOf(file, group, test)}: does not build: ${why}`);
  }
  const check = compile(lowered, file.startsWith("optional/format/"));
  return group.tests
    .filter(({ data, valid }) => isValid(check, data) !== valid)
    .map((test) => `${nameOf(file, group, test)}: expected ${test.valid ? "valid" : "invalid"}`);
}

function nameOf(file: string, group: Group, test: Group["tests"][number]): string {
  return `${file}: ${group.description}: ${test.description}`;
}

/** As a run time does: what is loaded is validated first, within a policy. */
function compile(
  { schema, patterns }: Extract<LoweredSchema, { ok: true }>,
  formats: boolean,
): SchemaCheck {
  const at = { file: "suite.yaml", line: 1 };
  const policy = validatePolicy({
    engine: 1,
    id: "suite",
    mode: "enforce",
    agents: null,
    tools: { t: { operation: "read", reversible: true, arguments: schema, default: "deny", at } },
    facts: {},
    rules: [],
    ...(patterns === undefined ? {} : { patterns }),
  });
  const checked = policy.tools["t"]?.arguments ?? false;
  return compileArguments(checked, partsWith(createPatterns(policy.patterns)), {
    closed: false,
    formats,
  });
}

/** On the frozen image that is judged in a call. */
function isValid(check: SchemaCheck, data: Json): boolean {
  const snapshot = takeSnapshot({ data });
  if (typeof snapshot === "string") throw new Error(`no snapshot of ${JSON.stringify(data)}`);
  return check(snapshot.image["data"] ?? null, { left: 100_000 }) === null;
}

/** `pnpm suite json-schema`: every case; they take a second. */
export async function run(_options: SuiteOptions): Promise<SuiteResult> {
  const { passed, failures, outside, groupsOutside, files } = await jsonSchemaReport();
  const width = Math.max(...[...files.keys()].map((file) => file.length));
  return {
    passed,
    failed: failures.length,
    lines: [
      `JSON-Schema-Test-Suite, draft 2020-12: ${files.size} files`,
      ...[...files].map(([file, count]) => `  ${file.padEnd(width)}  ${count} passed`),
      `Left out: ${outside} cases of ${groupsOutside.length} groups`,
      ...groupsOutside.map(({ file, group, reason }) => `  ${file}: ${group}: ${reason}`),
      ...failures.map((failure) => `  FAILED  ${failure}`),
    ],
  };
}

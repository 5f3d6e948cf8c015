import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isInterlatchError, type ErrorCode } from "@interlatch/core";
import { parseStrictJson } from "../../packages/core/src/bundle/strict-json.ts";
import type { SuiteOptions, SuiteResult } from "../tasks/suite-result.ts";

/** JSONTestSuite's documents, as they are published; see ATTRIBUTION.md beside them. */
const DATA = join(import.meta.dirname, "data", "json");

/** Deeper and longer than any document of the suite that must be read. */
const LIMITS = { bytes: 1_048_576, depth: 64 };

/**
 * Valid JSON that the reader refuses, and as what: readers disagree about the value of these, and what is signed must
 * mean the same to all of them.
 */
const REFUSED: Readonly<Record<string, ErrorCode>> = {
  "y_object_duplicated_key.json": "ERR_BUNDLE_DUPLICATE_KEY",
  "y_object_duplicated_key_and_value.json": "ERR_BUNDLE_DUPLICATE_KEY",
};

/**
 * `pnpm suite json`: the reader of signed documents against JSONTestSuite. Every `n_` document must be refused, every
 * `y_` document accepted but for those listed, and whatever an `i_` document is, reading it must end in a value or a
 * code.
 */
export async function run(_options: SuiteOptions): Promise<SuiteResult> {
  const counts = { y: 0, n: 0, i: 0 };
  const failures: string[] = [];
  const left = new Set(Object.keys(REFUSED));
  let refused = 0;
  for (const file of (await readdir(DATA)).filter((name) => name.endsWith(".json"))) {
    const kind = kindOf(file);
    counts[kind] += 1;
    left.delete(file);
    const came = read(await readFile(join(DATA, file)));
    if (kind === "i") refused += came === "accepted" ? 0 : 1;
    const fault = faultOf(file, kind, came);
    if (fault !== null) failures.push(`  FAILED  ${file}  ${fault}`);
  }
  for (const file of left) failures.push(`  FAILED  ${file}  is listed and not there`);
  const all = counts.y + counts.n + counts.i;
  return {
    passed: all - failures.length,
    failed: failures.length,
    lines: [
      `JSONTestSuite: ${counts.n} that must be refused, ${counts.y} that are JSON, ${counts.i} left to the reader (${refused} refused)`,
      ...Object.entries(REFUSED).map(([file, code]) => `  refused on purpose  ${file}  ${code}`),
      ...failures,
    ],
  };
}

type Kind = "y" | "n" | "i";

function kindOf(file: string): Kind {
  const [kind] = file;
  if (kind === "y" || kind === "n" || kind === "i") return kind;
  throw new Error(`${file} is no document of the suite`);
}

function read(bytes: Uint8Array): ErrorCode | "accepted" {
  try {
    parseStrictJson(bytes, LIMITS);
    return "accepted";
  } catch (error) {
    // Anything else would be a crash of the reader.
    if (isInterlatchError(error)) return error.code;
    throw error;
  }
}

function faultOf(file: string, kind: Kind, came: ErrorCode | "accepted"): string | null {
  const wanted = Object.hasOwn(REFUSED, file) ? REFUSED[file] : kind === "y" ? "accepted" : null;
  if (wanted !== null) return came === wanted ? null : `${came} instead of ${wanted}`;
  return kind === "n" && came === "accepted" ? "accepted" : null;
}

import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { existsSync } from "node:fs";
import { ROOT } from "./child.ts";
import { UsageError } from "./task.ts";
import type { RunSuite } from "./suite-result.ts";

/** A suite that `pnpm suite NAME` can run. */
export interface SuiteEntry {
  /** One sentence for the list. */
  readonly summary: string;
  /** The module that exports `run`, from the root of the workspace. */
  readonly module: string;
}

/** All suites by name. */
export const SUITES: Readonly<Record<string, SuiteEntry>> = {
  vectors: {
    summary: "Runs every decision vector of the published kit against the engine.",
    module: "test/suites/vectors.ts",
  },
  "bundle-attacks": {
    summary:
      "Attacks signed bundles, trust roots and rollback state; each must fail with its own code.",
    module: "test/suites/bundle-attacks.ts",
  },
  json: {
    summary: "Reads JSONTestSuite's documents with the strict reader of signed documents.",
    module: "test/suites/json.ts",
  },
  wycheproof: {
    summary: "Verifies Wycheproof's Ed25519 and P-256 signatures, good and bad.",
    module: "test/suites/wycheproof.ts",
  },
  dsse: {
    summary:
      "Reads and writes DSSE by its specification's vector and with Sigstore's implementation.",
    module: "test/suites/dsse.ts",
  },
  cel: {
    summary:
      "Runs the core sections of the official CEL suite against this parser and these closures.",
    module: "test/suites/cel.ts",
  },
  "json-schema": {
    summary:
      "Runs the public JSON Schema suite, draft 2020-12, through the build and the closures of arguments.",
    module: "test/suites/json-schema.ts",
  },
  differential: {
    summary: "Asks two other CEL engines the same random conditions; where they agree, we do.",
    module: "test/suites/differential.ts",
  },
  histories: {
    summary: "Sends random and tampered histories to the AI SDK adapter; nothing runs unapproved.",
    module: "test/suites/histories.ts",
  },
  evasions: {
    summary: "Tries to get a call past a policy: look-alikes, encodings, deep and huge arguments.",
    module: "test/suites/evasions.ts",
  },
};

/**
 * Loads a suite by name. It is imported only now, so that one suite runs while another is broken.
 *
 * @throws UsageError when there is no suite of that name, no module, or no `run` in it.
 */
export async function loadSuite(name: string): Promise<RunSuite> {
  const entry = Object.hasOwn(SUITES, name) ? SUITES[name] : undefined;
  if (entry === undefined) {
    throw new UsageError(`There is no suite "${name}". Suites: ${Object.keys(SUITES).join(", ")}.`);
  }
  const file = join(ROOT, entry.module);
  if (!existsSync(file)) throw new UsageError(`The suite "${name}" has no module ${entry.module}.`);
  const module: unknown = await import(pathToFileURL(file).href);
  if (!exportsRun(module))
    throw new UsageError(`${entry.module} does not export a function "run".`);
  return module.run;
}

function exportsRun(module: unknown): module is { readonly run: RunSuite } {
  return (
    typeof module === "object" &&
    module !== null &&
    "run" in module &&
    typeof module.run === "function"
  );
}

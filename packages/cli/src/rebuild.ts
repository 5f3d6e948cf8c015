import { type BundlePayload, InterlatchError } from "@interlatch/core";
import { compilePolicy, formatDiagnostic } from "@interlatch/policy";
import type { Config } from "./config.ts";
import { structuralChanges } from "./diff/structure.ts";
import type { Output } from "./output.ts";
import { announceCompile, projectSources } from "./policy-files.ts";
import { projectPayload, testPolicy } from "./project-payload.ts";

/** One thing in which a bundle is not what its sources make. */
export interface Deviation {
  readonly what: string;
  /** In the bundle; `null`: it is not there. */
  readonly bundle: string | null;
  /** As the sources make it. */
  readonly sources: string | null;
}

/**
 * Builds the payload of a bundle anew, of the project's sources, and says in what the two differ: nothing, where they
 * are the same bytes.
 *
 * @param payload - verified
 * @param bytes - of that payload
 * @throws ERR_POLICY when the sources do not compile
 * @throws ERR_FILE, ERR_CONFIG
 */
export async function rebuild(
  payload: BundlePayload,
  bytes: Uint8Array,
  config: Config,
  output: Output,
): Promise<readonly Deviation[]> {
  const sources = await projectSources(config);
  announceCompile(output, sources);
  const result = await compilePolicy({ files: sources }, { strict: config.strict ?? false });
  if (!result.ok) {
    const faults = result.errors.map((error) => formatDiagnostic(error)).join("\n\n");
    throw new InterlatchError("ERR_POLICY", `The sources have errors:\n\n${faults}`);
  }
  const run = await testPolicy(config, result.policy, output);
  const rebuilt = await projectPayload(payload, sources, run);
  if (Buffer.from(rebuilt).equals(bytes)) return [];
  // What `buildPayload` wrote a moment ago.
  const made = JSON.parse(new TextDecoder().decode(rebuilt)) as BundlePayload;
  const found = deviations(payload, made);
  if (found.length > 0) return found;
  return [{ what: "the same values, written otherwise", bundle: null, sources: null }];
}

function deviations(bundle: BundlePayload, made: BundlePayload): readonly Deviation[] {
  const values = (of: BundlePayload): Readonly<Record<string, string | number>> => ({
    id: of.id,
    engine: of.engine,
    "compiler.version": of.compiler.version,
    "tests.cases": of.tests.cases,
    "tests.coverage": of.tests.coverage,
  });
  return [
    ...differences("", values(bundle), values(made)),
    ...differences("source ", digests(bundle.sources), digests(made.sources)),
    ...differences("test file ", digests(bundle.tests.files), digests(made.tests.files)),
    ...structuralChanges(bundle.policy, made.policy).flatMap(({ kind, name, fields }) =>
      fields.map(({ field, before = null, after = null }) => ({
        what: `${kind} ${name}  ${field}`,
        bundle: before,
        sources: after,
      })),
    ),
  ];
}

function digests(files: BundlePayload["sources"]): Readonly<Record<string, string>> {
  return Object.fromEntries(files.map(({ path, sha256 }) => [path, `sha256:${sha256}`]));
}

function differences(
  kind: string,
  bundle: Readonly<Record<string, string | number>>,
  made: Readonly<Record<string, string | number>>,
): readonly Deviation[] {
  const names = new Set([...Object.keys(bundle), ...Object.keys(made)]);
  const valueIn = (of: typeof bundle, name: string): string | null =>
    Object.hasOwn(of, name) ? String(of[name]) : null;
  return [...names].flatMap((name) => {
    const [was, is] = [valueIn(bundle, name), valueIn(made, name)];
    return was === is ? [] : [{ what: `${kind}${name}`, bundle: was, sources: is }];
  });
}

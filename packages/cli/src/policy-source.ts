import { resolve } from "node:path";
import { InterlatchError, type Policy } from "@interlatch/core";
import { validatePolicy } from "@interlatch/core/build";
import { compilePolicy, formatDiagnostic, type PolicySource } from "@interlatch/policy";
import { fieldsOf, isBundle, readDocument } from "./bundle-files.ts";
import type { Config } from "./config.ts";
import { readBytes } from "./files.ts";
import type { Io } from "./io.ts";
import { type Output, shown, visible } from "./output.ts";
import { announceCompile, namedSources, projectSources } from "./policy-files.ts";

/** A policy to be asked, and where it came from. */
export interface NamedPolicy {
  readonly policy: Policy;
  /** As reports name it: `banking-v1.yaml`, or a bundle with its version and that it was not verified. */
  readonly name: string;
}

/**
 * The policy at a path: a file of sources, a folder of them, or a bundle or payload, which is not verified.
 *
 * @throws ERR_FILE
 * @throws ERR_POLICY with everything that is wrong in the sources
 * @throws ERR_BUNDLE_FORMAT and its kin for a bundle that is none
 */
export async function policyAt(
  io: Io,
  path: string,
  strict: boolean,
  output: Output,
): Promise<NamedPolicy> {
  return path.endsWith(".json")
    ? bundledPolicy(io, path)
    : policyOfFiles(io, [path], strict, output);
}

/** Files and folders of one policy, merged. @throws as {@link policyAt} */
export async function policyOfFiles(
  io: Io,
  files: readonly string[],
  strict: boolean,
  output: Output,
): Promise<NamedPolicy> {
  const policy = await compiled(await namedSources(io, files), strict, output);
  return { policy, name: files.map(visible).join(", ") };
}

/** The policy that a project's config names. @throws as {@link policyAt} */
export async function projectPolicy(config: Config, output: Output): Promise<NamedPolicy> {
  const files = await projectSources(config);
  const name = files.map(({ path }) => path).join(", ");
  return { policy: await compiled(files, config.strict ?? false, output), name };
}

/** The policy in a bundle or a payload. Nothing of it is verified, and its name says so. */
export async function bundledPolicy(io: Io, file: string): Promise<NamedPolicy> {
  const document = readDocument(await readBytes(resolve(io.cwd, file), file), file);
  if (!isBundle(document)) {
    throw new InterlatchError("ERR_BUNDLE_TYPE", `${file} is signed, and is no policy bundle.`);
  }
  const { policy, version } = fieldsOf(document, file);
  const name = `version ${shown(version)} in ${visible(file)}, NOT VERIFIED`;
  return { policy: validatePolicy(policy), name };
}

async function compiled(
  files: readonly PolicySource[],
  strict: boolean,
  output: Output,
): Promise<Policy> {
  announceCompile(output, files);
  const result = await compilePolicy({ files }, { strict });
  if (result.ok) return result.policy;
  const faults = result.errors.map((error) => formatDiagnostic(error)).join("\n\n");
  throw new InterlatchError(
    "ERR_POLICY",
    `The policy has errors, so it decides nothing:\n\n${faults}`,
  );
}

import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type BundlePayload, isInterlatchError } from "@interlatch/core";
import { asFileError } from "../files.ts";
import type { Io } from "../io.ts";
import { type Output, visible } from "../output.ts";
import { bundledPolicy } from "../policy-source.ts";
import { comparePolicies } from "./compare.ts";
import { printLoosening } from "./print.ts";

/** How many calls of each tool are tried while somebody waits to sign. */
const BUDGET = 5_000;

/** What a signer is told of the bundle before. */
export interface LooserThanBefore {
  /** The file it is compared with; `null`: none was found. */
  readonly previous: string | null;
  /** `null`: there was nothing to compare with. */
  readonly isLooser: boolean | null;
}

/**
 * Says what a bundle lets through that the one before it did not, before anybody signs it. It only tells: whoever
 * signs decides.
 *
 * @param out - where the bundle is written; the one before it is looked for beside it
 * @param given - the value of `--previous`
 * @throws ERR_FILE and ERR_BUNDLE_* for a file that was named and is no bundle
 */
export async function tellWhatIsLooser(
  io: Io,
  payload: BundlePayload,
  out: string,
  given: string | undefined,
  output: Output,
): Promise<LooserThanBefore> {
  const previous = given ?? (await lastBefore(io, payload, out));
  if (previous === null) {
    output.note("  no bundle before it to compare with; --previous names one");
    return { previous, isLooser: null };
  }
  try {
    const before = await bundledPolicy(io, previous);
    const comparison = await comparePolicies(before.policy, payload.policy, {
      calls: [],
      examples: 0,
      limits: false,
      budget: BUDGET,
      now: io.now(),
      told: () => undefined,
    });
    printLoosening(comparison, before.name, output);
    return { previous, isLooser: comparison.isLooser };
  } catch (error) {
    // What was found by its name alone must not keep anybody from signing.
    if (given !== undefined || !isInterlatchError(error)) throw error;
    output.warn(`${visible(previous)} cannot be compared with: ${error.message}`);
    return { previous, isLooser: null };
  }
}

/** The bundle of this stream with the highest version below this one, by its name. */
async function lastBefore(
  io: Io,
  { id, version }: BundlePayload,
  out: string,
): Promise<string | null> {
  const folder = dirname(resolve(io.cwd, out));
  const names = await asFileError(`${folder} cannot be read`, () => readdir(folder));
  const versions = names.flatMap((name) => {
    const found = name.startsWith(`${id}-`)
      ? /^(\d{1,15})\.bundle\.json$/.exec(name.slice(id.length + 1))
      : null;
    const number = Number(found?.[1] ?? version);
    return number < version && name !== basename(out) ? [{ name, number }] : [];
  });
  const last = versions.sort((a, b) => b.number - a.number)[0];
  return last === undefined ? null : join(dirname(out), last.name);
}

import { REQUIREMENTS, type Requirement } from "@interlatch/conformance";

/** How much of the manifest tests prove. */
export interface Proof {
  readonly all: number;
  readonly proven: number;
  /** The proven ones by the first part of their id, in the order of the manifest. */
  readonly groups: ReadonlyMap<string, number>;
  /** Ids that no test cites, or that are known to fail. */
  readonly missing: readonly string[];
}

/** Counts the requirements that these ids are the citations of. */
export function proofOf(
  cited: ReadonlySet<string>,
  requirements: readonly Requirement[] = REQUIREMENTS,
): Proof {
  const groups = new Map<string, number>();
  const missing: string[] = [];
  for (const { id, knownFailure } of requirements) {
    if (knownFailure !== undefined || !cited.has(id)) {
      missing.push(id);
      continue;
    }
    const [group = id] = id.split(".");
    groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  const all = requirements.length;
  return { all, proven: all - missing.length, groups, missing };
}

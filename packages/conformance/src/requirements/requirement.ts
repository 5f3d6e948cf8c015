/** A promise that a test proves. */
export interface Requirement {
  /** What tests cite: `verifies(id, title, body)`. */
  readonly id: string;
  /** One sentence. */
  readonly says: string;
  /** The version that promises it first. */
  readonly since: string;
  /** Why it does not hold yet. Its tests then run inverted: a fix breaks the build until this entry goes. */
  readonly knownFailure?: string;
}

/** Requirements of one version, from their sentences by id. */
export function requirements(
  since: string,
  sentences: Readonly<Record<string, string>>,
): readonly Requirement[] {
  return Object.entries(sentences).map(([id, says]) => Object.freeze({ id, says, since }));
}

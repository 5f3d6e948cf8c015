/** What one check of the packages' shape found. */
export interface ShapeCheck {
  /** What was checked: `core: the tarball`. */
  readonly name: string;
  /** What is wrong, a sentence each; empty when all is well. */
  readonly problems: readonly string[];
  /** Why the check could not run here. */
  readonly skipped?: string;
}

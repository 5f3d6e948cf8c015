/** What a {@link RollbackStore} remembers of one stream and audience. */
export interface RollbackEntry {
  readonly version: number;
  /** Lower-case hexadecimal SHA-256 of the payload. */
  readonly digest: string;
}

/**
 * Remembers the highest version seen, so that an older bundle is refused after a restart too. Keys are
 * `bundle:<id>#<audience>` and `root`.
 */
export interface RollbackStore {
  get(key: string): Promise<RollbackEntry | undefined>;
  /**
   * Keeps `entry` if it is newer than what is kept, in one step, and returns what is kept afterwards.
   * Whoever finds another digest at its own version, or a higher version, lost.
   */
  advance(key: string, entry: RollbackEntry): Promise<RollbackEntry>;
  /**
   * Keeps the last time seen: `now`, unless a later one is kept, in one step. Returns what is kept afterwards. A guard
   * whose clock is more than five minutes behind it denies the tools that write. Over a store without it a guard knows
   * only when it loaded its own bundle.
   *
   * @param now - epoch milliseconds by the guard's clock, at which a bundle was valid
   */
  seen?(now: number): Promise<number>;
}

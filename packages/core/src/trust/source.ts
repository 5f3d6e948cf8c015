/** Where later trust roots come from. A source brings bytes and never verifies them. */
export interface TrustSource {
  /** For people: a folder, a URL. */
  readonly name: string;
  /**
   * The envelope of exactly this version, or `null` where there is none yet. Throws or rejects when that cannot be said;
   * the guard then goes on with the root it has, until that one ends.
   */
  read(version: number): Promise<Uint8Array | null>;
  /**
   * Calls `changed` whenever there may be another root; the guard then looks for it. Returns what ends the watch. It
   * must not keep the process alive. Throws where nothing can be watched; the guard goes on without.
   */
  watch?(changed: () => void): () => void;
}

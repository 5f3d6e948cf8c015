/** Where a bundle comes from. A source brings bytes and never verifies them. */
export interface BundleSource {
  /** For people: a path, a URL, `inline`. */
  readonly name: string;
  /** The envelope's bytes. Throws or rejects when it cannot be reached; the guard then denies with `no_bundle` and tries again. */
  read(): Promise<Uint8Array>;
  /**
   * Calls `changed` whenever there may be another bundle; the guard then reads again. Returns what ends the
   * watch. It must not keep the process alive. Throws where nothing can be watched; the guard goes on without.
   */
  watch?(changed: () => void): () => void;
}

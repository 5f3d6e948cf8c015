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
  /**
   * What may be used in place of what {@link BundleSource.read} did not bring, or what it brought and was refused: the
   * best first, each verified like any other. The guard takes the first that is good.
   */
  others?(): AsyncIterable<Uint8Array>;
  /** Is told of the bytes of each bundle that was verified. Must not throw. */
  accepted?(bytes: Uint8Array): void;
  /** For `guard.status()`: how it is with the source. */
  health?(): SourceHealth;
}

/** How it is with a source. Times are ISO 8601, UTC. */
export interface SourceHealth {
  /** When it was last heard from; `null`: not yet. */
  readonly lastContact: string | null;
  /** By what the server tells this bundle from others; `null`: it does not. */
  readonly etag: string | null;
  /** Why the last attempt failed; `null`: it did not. */
  readonly lastError: string | null;
  /** Where what was last good is kept; left out: nowhere. */
  readonly kept?: string;
}

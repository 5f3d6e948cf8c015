/** Bounds on the arguments of one call. Beyond them: `arguments_too_large`. */
export const ARGUMENT_LIMITS = {
  /** Objects and lists within each other. */
  depth: 64,
  /** Values of any kind. */
  nodes: 100_000,
  /** UTF-16 units of all texts and keys together, plus 8 for each other value, 32 for a date, a URL or bytes. */
  size: 1_048_576,
  /** Of one bigint: about 4,900 decimal digits. */
  bigintBits: 16_384,
} as const;

/** A schema of arguments, calls that must pass it and calls that must not. */
export interface SchemaCase {
  readonly what: string;
  /** YAML in flow style. */
  readonly schema: string;
  readonly fits: readonly unknown[];
  readonly refused: readonly unknown[];
}

/** With own keys that a literal would not make own: `__proto__`. */
export function json(text: string): unknown {
  return JSON.parse(text);
}

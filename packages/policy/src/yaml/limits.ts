/** How large a policy's text may be. Beyond a bound the file is refused before, or while, it is parsed. */
export const YAML_LIMITS: {
  readonly fileBytes: number;
  readonly policyBytes: number;
  readonly files: number;
  readonly depth: number;
  readonly tokens: number;
  readonly syntaxErrors: number;
} = {
  /** UTF-8 bytes of one file. */
  fileBytes: 1024 * 1024,
  /** UTF-8 bytes of all files of a policy. */
  policyBytes: 16 * 1024 * 1024,
  /** Files of a policy that `include` may lead to. */
  files: 1_000,
  /** Nesting of maps and lists. */
  depth: 32,
  /** Lexical tokens of one file: a file of a million commas takes seconds to say that it is none. */
  tokens: 400_000,
  /** Syntax errors that are reported for one file; those after them only follow from them. */
  syntaxErrors: 20,
};

/** The length of a text in UTF-8. */
export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * Every code a {@link Diagnostic} can carry. The union is closed: a new code is a minor version, none
 * changes its meaning.
 */
export const DIAGNOSTIC_CODES = [
  // the text of a file
  "yaml_syntax",
  "yaml_feature",
  "yaml_limit",
  "duplicate_key",
  "look_alike_key",
  "key_not_text",
  "hidden_sign",
  "bad_text",
  "bad_number",
  // the document
  "unknown_key",
  "missing_key",
  "wrong_shape",
  "bad_value",
  "not_supported_yet",
  "conflicting_keys",
  "duplicate_name",
  "bad_name",
  "bad_schema",
  "unknown_tool",
  "unmatched_glob",
  "bad_rate_limit",
  "bad_date",
  "bad_template",
  "bad_fallback",
  "bad_include",
  "not_formatted",
  // conditions
  "condition_not_text",
  "condition_syntax",
  "condition_too_large",
  "unsupported_literal",
  "unknown_name",
  "unknown_field",
  "unknown_function",
  "bad_call",
  "wrong_type",
  "not_boolean",
  "optional_without_has",
  "never_equal",
  "pattern_not_literal",
  "pattern_refused",
  "role_use",
  "bad_zone",
  "bad_time",
  "bad_literal",
  "define_cycle",
  // what `checkPolicy` warns about
  "implicit_tool",
  "no_agents",
  "unused_profile",
  "tool_outside_profiles",
  "resources_left_out",
  "tool_without_rule",
  "operation_left_out",
  "data_unknown",
  "unguarded_tool",
  "default_allow_unruled",
  "identity_argument_unread",
  "look_alike_tools",
  "dead_rule",
  "shadowed_rule",
  "contradictory_rules",
  "duplicate_rule",
  "expired_rule",
  "protection_ends",
  "constant_condition",
  "never_true",
  "never_false",
  "always_error",
  "unused_define",
  "unused_fact",
  "unused_pin",
  "unused_fallback",
  "scope_unused",
  "scope_too_wide",
  "rate_limit_approximate",
  "batch_left_out",
  "ends_with_domain",
  "starts_with_path",
  "starts_with_url",
  "contains_host",
  "unanchored_pattern",
  "negated_dynamic",
  "deny_list",
  "starts_with_statement",
  "vacuous_all",
  "kind_unknown",
  "untyped_keyword",
  "misspelt_claim",
  "yaml_number",
  "yaml_boolean_word",
  "ignore_malformed",
  "ignore_unused",
] as const;

/** What a {@link Diagnostic} is about. */
export type DiagnosticCode = (typeof DIAGNOSTIC_CODES)[number];

/** One replacement of a text: what stands between two places gives way to `text`. Places count as those of a {@link Diagnostic}. */
export interface TextEdit {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** The column after the last one that goes. */
  readonly endColumn: number;
  readonly text: string;
}

/** What puts a diagnostic right without a change of meaning but the one that the title tells. */
export interface DiagnosticFix {
  /** What it does, as a sentence. */
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** One thing that is wrong with, or doubtful in, a policy: where, what was found, what was expected, what to do. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: "error" | "warning";
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly endLine?: number;
  /** The column after the last one, from 1. */
  readonly endColumn?: number;
  /** What was found and what was expected. */
  readonly message: string;
  /** The fix: the nearest right name, the quoted form, another way to say it. */
  readonly hint?: string;
  /** Absent where only a person can say what is right. */
  readonly fix?: DiagnosticFix;
  /** The source line. A very long line is cut at the end. */
  readonly excerpt: string;
}

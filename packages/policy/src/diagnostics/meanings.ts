import type { DiagnosticCode } from "./diagnostic.ts";

/** What a code is about, and whether it stops a build. */
export interface DiagnosticMeaning {
  readonly severity: "error" | "warning";
  /** One sentence. */
  readonly about: string;
}

/** What each code is about. A code that is added without its sentence does not compile. */
export const DIAGNOSTIC_MEANINGS: Readonly<Record<DiagnosticCode, DiagnosticMeaning>> = {
  yaml_syntax: error("The text is not YAML, or YAML takes a condition apart that was not quoted."),
  yaml_feature: error(
    "A tag, anchor, alias, directive, merge key or second document: a policy has none of them.",
  ),
  yaml_limit: error("A file or the whole policy is too large, too deep or has too many parts."),
  duplicate_key: error("A key stands twice in one map."),
  look_alike_key: error("Two keys of one map look alike and are different texts."),
  key_not_text: error("A key is not a text to YAML: a number, a boolean, a list."),
  hidden_sign: error(
    "A sign that nobody sees, or that makes another text be seen than the one that is run.",
  ),
  bad_text: error("A text holds half of a surrogate pair."),
  bad_number: error("A number cannot be held exactly by a double."),
  unknown_key: error("A key that the grammar does not have at this place."),
  missing_key: error("A key that must be there is missing."),
  wrong_shape: error("A value is of another kind than its place wants: a list, a map, a text."),
  bad_value: error("A value is none of those that may stand here."),
  not_supported_yet: error("A part of the language that this engine does not run yet."),
  conflicting_keys: error("Two keys exclude each other, or one needs another that is not there."),
  duplicate_name: error("Two things of a policy have one name, in one file or in two."),
  bad_name: error("A name has signs that names cannot have."),
  bad_schema: error("A JSON Schema that cannot be run."),
  unknown_tool: error("A profile or a fallback names a tool that the policy does not have."),
  unmatched_glob: error("A glob that no tool of the policy matches."),
  bad_rate_limit: error("A rate that is not of the form `N calls/minute`."),
  bad_include: error("An entry of `include` that leads to no file of this policy."),
  not_formatted: error(
    "A file that `interlatch fmt` cannot write anew without changing what it means.",
  ),
  bad_date: error("A date that is neither a day nor an instant."),
  bad_fallback: error(
    "A fallback to a tool that could never run: no rule allows it, or it has such a fallback of its own.",
  ),
  bad_template: error("Braces in a template that hold nothing that can be filled in."),
  condition_not_text: error("YAML reads a condition as something else than a text."),
  condition_syntax: error("A condition that the language cannot read."),
  condition_too_large: error("A condition with too many parts, or nested too deeply."),
  unsupported_literal: error(
    "A literal of CEL that is no JSON value, or a number that is not exact.",
  ),
  unknown_name: error("A name that neither the language nor `define` has."),
  unknown_field: error("A field that what it is read from does not have."),
  unknown_function: error("A function that the language does not have."),
  bad_call: error("A function with the wrong number or form of arguments."),
  wrong_type: error("An operator or function gets a value of a kind that it cannot take."),
  not_boolean: error("A condition that is neither true nor false."),
  optional_without_has: error(
    "A field that may be missing is read, also by `!=`, without `has` before it.",
  ),
  never_equal: error("A text is compared with one that it never is."),
  pattern_not_literal: error("A pattern that is not a literal text."),
  pattern_refused: error("A pattern that RE2 refuses, or that is too large."),
  role_use: error("`agent.role` is used other than compared with a text."),
  bad_zone: error("A time zone that the IANA database does not have."),
  bad_time: error("A text that is no instant or no length of time."),
  bad_literal: error("A domain, range, path or glob that its function can never read."),
  define_cycle: error("A named condition that is defined by itself."),
  implicit_tool: warning("A rule names a tool that is not declared. With `--strict` an error."),
  no_agents: warning("There is no `agents` section, so any agent may ask for any tool."),
  unused_profile: warning("An agent profile without tools."),
  tool_outside_profiles: warning(
    "A tool that no agent profile holds, so that no call of it is in scope.",
  ),
  resources_left_out: warning("A tool in a profile does not say what it touches."),
  tool_without_rule: warning("A tool that no rule is for and that has no `default: allow`."),
  operation_left_out: warning("A tool without `operation`; it is taken to write."),
  data_unknown: warning("A condition reads `data_type` of a tool that has no `data`."),
  unguarded_tool: warning(
    "A tool that deletes, executes, spends or sends, and that no rule can deny or review.",
  ),
  default_allow_unruled: warning(
    "A tool that changes something, with `default: allow` and no rule.",
  ),
  identity_argument_unread: warning(
    "An argument of a changing tool that says whom the call reaches, and that no rule reads.",
  ),
  look_alike_tools: warning("Two tools whose names are taken for one another."),
  dead_rule: warning("An allow or review rule that a deny rule always beats."),
  shadowed_rule: warning(
    "A rule that comes to nothing, since another of the same or a stricter action holds whenever it does.",
  ),
  contradictory_rules: warning("A rule with the same condition as a deny rule for the same tools."),
  duplicate_rule: warning("A rule with the tools, the condition and the action of another one."),
  expired_rule: warning("A rule whose `until` has passed."),
  protection_ends: warning("A deny or review rule with an `until`."),
  constant_condition: warning("A condition that reads nothing of the call."),
  never_true: warning(
    "A condition that is true for no call, by the schemas and by what it says itself.",
  ),
  never_false: warning("A condition that is false for no call."),
  always_error: warning("A condition that is an error on every call."),
  unused_define: warning("A named condition that nothing uses."),
  unused_fact: warning("A fact that nothing reads."),
  unused_pin: warning("A pin of a tool that neither `tools` nor a rule names."),
  unused_fallback: warning("A fallback of a rule that never denies a call."),
  scope_unused: warning("A profile lets agents touch what no tool of theirs touches."),
  scope_too_wide: warning("A profile lets agents touch all there is of a kind."),
  rate_limit_approximate: warning("A rate beyond 1,000 calls, which is counted approximately."),
  batch_left_out: warning("`max_batch_size` for a tool that does not say what counts its batch."),
  ends_with_domain: warning("`endsWith` with a domain: `evilacme.test` ends with `acme.test`."),
  starts_with_path: warning("`startsWith` with a path: `..` leads out of it."),
  starts_with_url: warning(
    "`startsWith` with the beginning of a URL, which a longer host has too.",
  ),
  contains_host: warning(
    "`contains` on a host, an address or a URL, any part of which can hold a text.",
  ),
  unanchored_pattern: warning("A pattern that lets calls through and is not held at both ends."),
  negated_dynamic: warning("An allow rule that says only what a value of unknown kind is not."),
  deny_list: warning("A rule names texts to keep out, and every other spelling of them passes."),
  starts_with_statement: warning(
    "`startsWith` with the beginning of a statement or command, behind which another can stand.",
  ),
  vacuous_all: warning(
    "`all`, or `exists` that is denied, over a list that may be empty lets a call through.",
  ),
  kind_unknown: warning(
    "A test that lets calls through counts or goes through a value that may be an object or a text.",
  ),
  untyped_keyword: warning(
    "A keyword of a schema that is asked of one kind of value, where the schema lets in the others.",
  ),
  misspelt_claim: warning("A claim that is read once and nearly is another one."),
  yaml_number: warning("A fact or fixed value that YAML reads as a number with other digits."),
  yaml_boolean_word: warning("A fact `yes`, `no`, `on` or `off`, which YAML reads as a text."),
  ignore_malformed: warning(
    "A comment `interlatch-ignore` without a known warning or without a reason.",
  ),
  ignore_unused: warning("A comment `interlatch-ignore` with nothing to ignore."),
};

/** Whether a finding of this code can be silenced where somebody says why. */
export function isWarning(code: DiagnosticCode): boolean {
  return DIAGNOSTIC_MEANINGS[code].severity === "warning";
}

function error(about: string): DiagnosticMeaning {
  return { severity: "error", about };
}

function warning(about: string): DiagnosticMeaning {
  return { severity: "warning", about };
}

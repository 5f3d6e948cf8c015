import {
  ENGINE,
  isInterlatchError,
  type Json,
  type Policy,
  type ToolPolicy,
} from "@interlatch/core";
import { validatePolicy } from "@interlatch/core/build";
import { Conditions } from "./conditions/conditions.ts";
import { checkLiterals } from "./conditions/literals.ts";
import { buildPatterns } from "./conditions/patterns.ts";
import { fieldNames } from "./conditions/name-hints.ts";
import { typeOfFacts } from "./conditions/schema-type.ts";
import { DYNAMIC, type Type } from "./conditions/types.ts";
import { type BuiltProfile, buildProfile } from "./build/agents.ts";
import { definitionsOf } from "./build/define.ts";
import { checkFallbackValues } from "./build/fallback-values.ts";
import { buildFallback } from "./build/fallbacks.ts";
import { checkHops } from "./build/hops.ts";
import { buildPins } from "./build/pins.ts";
import { mergeFiles, type PolicyFile, type PolicyParts } from "./build/parts.ts";
import { checkStated } from "./build/stated.ts";
import { type BuiltRule, RuleReader, toolsNamedBy } from "./build/rules.ts";
import { buildShapes } from "./build/shapes.ts";
import { type BuiltTool, Tools } from "./build/tools.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { Reporter } from "./diagnostics/reporter.ts";
import { shown } from "./diagnostics/words.ts";
import { isText } from "./document/fields.ts";
import { checkShape } from "./document/issues.ts";
import { POLICY_ID } from "./document/names.ts";
import { policyDocument } from "./document/schema.ts";
import { YAML_LIMITS, utf8Length } from "./yaml/limits.ts";
import type { PolicySource } from "./include/follow.ts";
import { readYaml } from "./yaml/read.ts";
import { SourceFile } from "./yaml/source.ts";
import { toJson } from "./yaml/tree.ts";

export type { PolicySource } from "./include/follow.ts";

/** What {@link compilePolicy} compiles. */
export interface CompileInput {
  /** All files; where one has `include`, what `followIncludes` makes of them. */
  readonly files: readonly PolicySource[];
}

/** How {@link compilePolicy} compiles. */
export interface CompileOptions {
  /** Whether a tool that only a rule names is an error. Default: false, a warning. */
  readonly strict?: boolean;
}

/** A compiled policy, or everything that is wrong with it. */
export type CompileResult =
  | { readonly ok: true; readonly policy: Policy; readonly warnings: readonly Diagnostic[] }
  | {
      readonly ok: false;
      readonly errors: readonly Diagnostic[];
      readonly warnings: readonly Diagnostic[];
    };

/** A policy that built, with what the linter wants to know beside it. */
export interface Compiled {
  readonly policy: Policy;
  readonly tools: readonly BuiltTool[];
  readonly rules: readonly BuiltRule[];
  readonly profiles: readonly BuiltProfile[];
  readonly parts: PolicyParts;
  readonly conditions: Conditions;
}

/**
 * Compiles a policy: YAML text to the typed JSON that is signed and run. All errors come at once, each with file,
 * line, column, what was found, what was expected and how to put it right. Bad input never throws. The same files
 * in the same order give the same policy.
 *
 * @param input - the files of the policy; they are merged by union
 *
 * @example
 * ```ts
 * import { compilePolicy } from "@interlatch/policy";
 * const text = `
 * interlatch: 1
 * id: desk
 * tools: { read_order: { operation: read, resources: none } }
 * rules:
 *   - { name: reads, tool: read_order, action: allow }
 * `;
 * const result = await compilePolicy({ files: [{ path: "policy.yaml", text }] });
 * if (result.ok) console.log(result.policy.rules.length);
 * ```
 */
export async function compilePolicy(
  input: CompileInput,
  options: CompileOptions = {},
): Promise<CompileResult> {
  const files = filesOf(input);
  const reporter = new Reporter(files);
  return resultOf(await compile(files, options, reporter), reporter);
}

/** The files of an input as everything here reads them. */
export function filesOf({ files }: CompileInput): readonly SourceFile[] {
  return files.map(({ path, text, includes }) => new SourceFile(path, text, includes));
}

/** Compiles; `undefined` when anything was reported as an error. */
export async function compile(
  files: readonly SourceFile[],
  options: CompileOptions,
  reporter: Reporter,
): Promise<Compiled | undefined> {
  const read = readFiles(files, reporter);
  const [first] = files;
  if (read === undefined || first === undefined) return undefined;
  const parts = mergeFiles(read, { file: first, start: 0, end: 0 }, reporter);
  const built = build(parts, options.strict === true, reporter);
  const patterns = await buildPatterns(built.conditions.patterns, reporter);
  await checkLiterals(built.conditions.literals, reporter);
  if (reporter.failed || built.policy === undefined) return undefined;
  const whole = patterns === undefined ? built.policy : { ...built.policy, patterns };
  const policy = loadable(whole, parts, reporter);
  if (policy === undefined) return undefined;
  await checkFallbackValues(policy, parts, reporter);
  await checkHops(policy, parts, reporter);
  return reporter.failed ? undefined : { ...built, policy };
}

/** What the run time would not load must not build, whichever bound of a bundle it goes beyond. */
function loadable(policy: Policy, parts: PolicyParts, reporter: Reporter): Policy | undefined {
  try {
    return validatePolicy(policy);
  } catch (error) {
    if (!isInterlatchError(error)) throw error;
    reporter.error({
      code: "bad_value",
      at: parts.at,
      message: `The run time would refuse this policy: ${error.message}`,
    });
    return undefined;
  }
}

/** What a caller gets of a compilation. */
export function resultOf(compiled: Compiled | undefined, reporter: Reporter): CompileResult {
  const warnings = reporter.diagnostics("warning");
  return compiled === undefined || reporter.failed
    ? { ok: false, errors: reporter.diagnostics("error"), warnings }
    : { ok: true, policy: compiled.policy, warnings };
}

/** Reads every file; `undefined` when one of them is no YAML, since then names would seem to be missing. */
function readFiles(files: readonly SourceFile[], reporter: Reporter): PolicyFile[] | undefined {
  const [first] = files;
  if (first === undefined) {
    const none = new SourceFile("", "");
    reporter.error({
      code: "missing_key",
      at: { file: none, start: 0, end: 0 },
      message: "The policy has no files.",
    });
    return undefined;
  }
  let bytes = 0;
  for (const { text } of files)
    bytes += text.length > YAML_LIMITS.policyBytes ? text.length : utf8Length(text);
  if (bytes > YAML_LIMITS.policyBytes) {
    reporter.error({
      code: "yaml_limit",
      at: { file: first, start: 0, end: 0 },
      message: "The files of the policy are larger than 16 MiB.",
    });
    return undefined;
  }
  const roots = files.map((file) => readYaml(file, reporter));
  if (roots.includes(undefined)) return undefined;
  return roots.flatMap((root, index) => {
    const file = files[index];
    if (root === undefined || file === undefined) return [];
    return [{ file, root, faulty: checkShape(root, policyDocument, reporter) }];
  });
}

interface Built extends Omit<Compiled, "policy"> {
  readonly policy: Policy | undefined;
}

function build(parts: PolicyParts, strict: boolean, reporter: Reporter): Built {
  const open = parts.incomplete;
  const conditions = new Conditions(
    reporter,
    definitionsOf(parts.define, reporter),
    open,
    fieldNames(parts.tools, parts.facts),
  );
  const facts = factsOf(parts);
  const named = toolsNamedBy(parts.rules);
  const shapes = buildShapes(parts, factsType(parts, facts), conditions, reporter);
  const tools = new Tools(parts, shapes.types, [...named.keys()], conditions, reporter, strict);
  for (const [name, at] of named) tools.declare(name, at);
  for (const expression of conditions.defines().values()) tools.undescribed.condition(expression);
  const profiles =
    parts.agents?.map((entry) => buildProfile(entry, tools, conditions, reporter)) ?? [];
  checkStated(
    profiles.filter((profile) => profile !== undefined),
    tools.all,
    reporter,
  );
  const reader = new RuleReader(tools, conditions, reporter);
  const rules = parts.rules.map((node) => reader.read(node)).filter((rule) => rule !== undefined);
  const built = {
    tools: [...tools.all],
    rules,
    profiles: profiles.filter((profile) => profile !== undefined),
    parts,
    conditions,
  };
  const fallback = buildFallback(
    parts.single.get("fallback"),
    conditions,
    [tools.undescribed],
    reporter,
  );
  const id = idOf(parts, reporter);
  if (id === undefined || facts === undefined) return { ...built, policy: undefined };
  const description = parts.single.get("description")?.value;
  const mode = parts.single.get("mode")?.value;
  const pins = buildPins(parts, tools);
  const policy: Policy = {
    engine: ENGINE,
    id,
    ...(isText(description) ? { description: description.value } : {}),
    mode: isText(mode) && mode.value === "shadow" ? "shadow" : "enforce",
    agents:
      parts.agents === undefined
        ? null
        : byName(built.profiles.map(({ name, profile }) => [name, profile])),
    tools: byName<ToolPolicy>(built.tools.map((tool) => [tool.name, tool.policy])),
    ...(pins === undefined ? {} : { pins }),
    facts,
    ...(shapes.hostFacts === undefined ? {} : { hostFacts: shapes.hostFacts }),
    rules: rules.map((one) => one.rule),
    ...(fallback === undefined ? {} : { fallback }),
  };
  return { ...built, policy };
}

/** An object without a prototype: a tool may be called `constructor`. */
function byName<Value>(entries: readonly (readonly [string, Value])[]): {
  readonly [name: string]: Value;
} {
  const object: Record<string, Value> = Object.create(null);
  for (const [name, value] of entries) object[name] = value;
  return object;
}

function idOf(parts: PolicyParts, reporter: Reporter): string | undefined {
  const entry = parts.single.get("id");
  if (entry === undefined) {
    if (parts.incomplete) return undefined;
    reporter.error({
      code: "missing_key",
      at: parts.at,
      message: "The policy has no `id`.",
      hint: "Name it: `id: acme-support`.",
    });
    return undefined;
  }
  if (!isText(entry.value)) return undefined;
  const { value: id, at } = entry.value;
  if (POLICY_ID.test(id)) return id;
  const message = `\`${shown(id)}\` is no id: 1 to 128 of A-Z, a-z, 0-9, \`.\`, \`_\`, \`-\`, a letter or digit first.`;
  reporter.error({ code: "bad_name", at, message });
  return undefined;
}

/** The facts of all files; `undefined` where a part of them is broken. */
function factsOf({ facts }: PolicyParts): { readonly [name: string]: Json } | undefined {
  const values = facts.map(({ key, value }) => [key, toJson(value)] as const);
  const whole = values.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined);
  return whole.length < values.length ? undefined : byName(whole);
}

/** Where a section could not be read, facts may be missing; then nothing is known of them. */
function factsType(parts: PolicyParts, facts: { readonly [name: string]: Json } | undefined): Type {
  const unknown = facts === undefined || parts.incomplete;
  return unknown ? DYNAMIC : typeOfFacts(facts, "facts");
}

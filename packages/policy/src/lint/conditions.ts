import type { Expression } from "@interlatch/core";
import type { Compiled } from "../compile.ts";
import { childrenOf } from "../conditions/notes.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { oneOf, shown } from "../diagnostics/words.ts";

/** Conditions that do not depend on the call, or that hold for more than they seem to. */
export function lintConditions(compiled: Compiled, reporter: Reporter): void {
  const unknownData = new Set(
    compiled.tools.filter(({ policy }) => policy.data === undefined).map(({ name }) => name),
  );
  for (const { rule } of compiled.rules) {
    if (rule.when === undefined) continue;
    warnOfConstants(rule.when, compiled, reporter);
    warnOfMatches(rule.when, compiled, reporter);
    warnOfClaims(rule.when, compiled, reporter);
    warnOfUnknownData(
      rule.when,
      rule.tools.filter((name) => unknownData.has(name)),
      compiled,
      reporter,
    );
  }
  for (const { profile } of compiled.profiles) {
    // `"true"` is how a profile says that it is for everybody.
    if (!(profile.when.kind === "literal" && profile.when.value === true))
      warnOfConstants(profile.when, compiled, reporter);
    warnOfMatches(profile.when, compiled, reporter);
    warnOfClaims(profile.when, compiled, reporter);
  }
}

function warnOfConstants(when: Expression, { conditions }: Compiled, reporter: Reporter): void {
  for (const one of when.kind === "and" ? when.operands : [when]) {
    if (readsAnything(one)) continue;
    const message = `\`${shown(conditions.notes.textOf(one))}\` is the same for every call.`;
    reporter.warning({ code: "constant_condition", at: conditions.notes.spanOf(one), message });
  }
}

function readsAnything(expression: Expression): boolean {
  return expression.kind === "variable" || childrenOf(expression).some(readsAnything);
}

function warnOfUnknownData(
  when: Expression,
  unknown: readonly string[],
  { conditions }: Compiled,
  reporter: Reporter,
): void {
  if (unknown.length === 0) return;
  const read = find(when, (one) => one.kind === "variable" && one.name === "data_type");
  if (read === undefined) return;
  const message = `\`data_type\` is not known of ${oneOf(unknown)}, so this condition is an error there.`;
  reporter.warning({
    code: "data_unknown",
    at: conditions.notes.spanOf(read),
    message,
    hint: "Say it under `tools`: `data: internal`.",
  });
}

function find(
  expression: Expression,
  wanted: (one: Expression) => boolean,
): Expression | undefined {
  if (wanted(expression)) return expression;
  for (const child of childrenOf(expression)) {
    const found = find(child, wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

const CLAIMS: readonly string[] = ["id", "roles", "function"];

/** Claims are dynamic, so a misspelt one builds; it would be an error on every call. */
function warnOfClaims(expression: Expression, compiled: Compiled, reporter: Reporter): void {
  const reads = expression.kind === "field" || expression.kind === "has";
  if (
    reads &&
    expression.of.kind === "variable" &&
    expression.of.name === "agent" &&
    !CLAIMS.includes(expression.name)
  ) {
    const right = nearest(expression.name, CLAIMS);
    const at = compiled.conditions.notes.spanOf(expression);
    const message = `\`agent.${shown(expression.name)}\` is not a claim that every agent has.`;
    if (right !== undefined)
      reporter.warning({ code: "misspelt_claim", at, message, hint: `Did you mean \`${right}\`?` });
  }
  for (const child of childrenOf(expression)) warnOfClaims(child, compiled, reporter);
}

/** Text comparisons that an attacker walks past: `evilacme.test` ends with `acme.test`. */
function warnOfMatches(expression: Expression, compiled: Compiled, reporter: Reporter): void {
  const hint = looseHint(expression);
  if (hint !== undefined) {
    const { notes } = compiled.conditions;
    const message = `\`${shown(notes.textOf(expression))}\` holds for more than it seems to.`;
    reporter.warning({ code: "loose_match", at: notes.spanOf(expression), message, hint });
  }
  for (const child of childrenOf(expression)) warnOfMatches(child, compiled, reporter);
}

function looseHint(expression: Expression): string | undefined {
  if (expression.kind !== "call") return undefined;
  const [, given] = expression.arguments;
  const text = given?.kind === "literal" && typeof given.value === "string" ? given.value : "";
  if (expression.function === "endsWith" && /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(text)) {
    return `\`evil${text}\` ends so too. Ask for the domain: \`inDomain(host(x), "${text}")\`.`;
  }
  if (expression.function === "startsWith" && /^\/./.test(text)) {
    return `\`${text.replace(/\/$/, "")}/../x\` begins so too. Ask for the directory: \`under(x, "${text}")\`.`;
  }
  if (expression.function === "startsWith" && /^https?:\/\/[^/]+$/i.test(text)) {
    return `\`${text}.evil.test\` begins so too. Ask for the host: \`host(x) == "..."\`.`;
  }
  return undefined;
}

import type { Comprehension, Effect, Expression } from "@interlatch/core";
import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { unanchoredFinding } from "./anchoring.ts";
import { argumentOf, isFreeText } from "./free-text.ts";
import { keyOf } from "./judge/key.ts";
import { EVERY_SIZE, isWithin, type Known, ofKinds, rangeOf } from "./judge/known.ts";
import { narrow } from "./judge/contradiction.ts";
import type { Atom } from "./judge/normal.ts";
import type { Judged, Judges } from "./judges.ts";
import { type LooseningAtom, looseningAtoms } from "./loosening.ts";

/** Tests that let a call through where nobody thought of it: empty lists, parts of texts, other kinds of values. */
export function lintLooseTests(compiled: Compiled, judges: Judges, reporter: Reporter): void {
  const finder = new LooseTests(compiled, reporter);
  for (const { rule } of compiled.rules) {
    if (rule.when !== undefined) finder.visit(judges.ofRule(rule, rule.when), rule.action);
  }
  // A profile lets through whoever it matches.
  for (const { profile } of compiled.profiles)
    finder.visit(judges.ofAnybody(profile.when), "allow");
}

class LooseTests {
  readonly #compiled: Compiled;
  readonly #reporter: Reporter;

  constructor(compiled: Compiled, reporter: Reporter) {
    this.#compiled = compiled;
    this.#reporter = reporter;
  }

  visit(judged: Judged, action: Effect): void {
    for (const one of looseningAtoms(judged.when, action)) {
      this.#vacuous(one, judged, action);
      this.#unanchored(one.atom);
      this.#statement(one, judged);
      if (action === "allow") this.#negated(one.atom, judged);
    }
  }

  /** `all` is true of an empty list, and so is `exists` not. */
  #vacuous({ atom, beside }: LooseningAtom, judged: Judged, action: Effect): void {
    const { subject } = atom;
    if (subject.kind !== "comprehension") return;
    const words = vacuousWords(subject, atom.test, action);
    if (words === undefined || !this.#mayBeEmpty(subject.over, beside, judged)) return;
    const list = this.#text(subject.over);
    this.#reporter.warning({
      code: "vacuous_all",
      at: this.#compiled.conditions.notes.spanOf(subject),
      message: `${words} of an empty list, and nothing says that \`${list}\` is not empty.`,
      hint: `Ask first: \`size(${list}) > 0 && ...\`, or give the argument \`minItems: 1\`.`,
    });
  }

  #mayBeEmpty(over: Expression, beside: readonly Atom[], judged: Judged): boolean {
    if (over.kind === "list" && over.items.length > 0) return false;
    if (this.#isFilledFact(over) || isSaidToBeFilled(over, beside)) return false;
    return judged.judges.some((judge) => isWithin(0, judge.known(over).size));
  }

  /** A list under `facts` that holds something; hosts add to it. */
  #isFilledFact(over: Expression): boolean {
    if (over.kind !== "field" || over.of.kind !== "variable" || over.of.name !== "facts")
      return false;
    const { facts } = this.#compiled.policy;
    const fact = Object.hasOwn(facts, over.name) ? facts[over.name] : undefined;
    return Array.isArray(fact) && fact.length > 0;
  }

  #unanchored({ subject, test }: Atom): void {
    if (subject.kind !== "matches" || test.operator !== "is" || !test.value) return;
    const finding = unanchoredFinding(subject.pattern, this.#compiled.policy.patterns);
    const at = this.#compiled.conditions.notes.spanOf(subject);
    if (finding !== undefined) this.#reporter.warning({ ...finding, at });
  }

  /** `SELECT 1; DROP TABLE x` begins with `SELECT ` as well. */
  #statement({ atom, locals }: LooseningAtom, judged: Judged): void {
    const { subject, test, expression } = atom;
    if (subject.kind !== "call" || subject.function !== "startsWith") return;
    if (test.operator !== "is" || !test.value) return;
    const [of, given] = subject.arguments;
    if (of === undefined || given?.kind !== "literal" || typeof given.value !== "string") return;
    const argument = argumentOf(of, locals);
    if (argument === undefined || !isFreeText(argument.value, judged)) return;
    if (!isStatement(given.value) && !STATEMENTS.test(argument.name)) return;
    this.#reporter.warning({
      code: "starts_with_statement",
      at: this.#compiled.conditions.notes.spanOf(expression),
      message: `Behind \`${given.value}\` anything can stand, another statement or command too.`,
      hint: "Name the whole texts that are allowed (`==`, `in`), or hold a pattern at both ends: `matches`.",
    });
  }

  /** Everything else passes: other spellings, other kinds of values. */
  #negated({ subject, test, expression }: Atom, judged: Judged): void {
    const value = negatedValue(subject, test);
    if (value === undefined) return;
    if (this.#isDeclared(value)) return;
    if (!judged.judges.some((judge) => isDynamic(judge.known(value)))) return;
    this.#reporter.warning({
      code: "negated_dynamic",
      at: this.#compiled.conditions.notes.spanOf(expression),
      message: `Nothing says what \`${this.#text(value)}\` can be, and every value but the ones that are named here passes, of any kind and in any spelling.`,
      hint: "Name what is allowed (`==`, `in`), or describe the argument.",
    });
  }

  /** Whether `shapes` says what can be read there. */
  #isDeclared(value: Expression): boolean {
    const root = rootOf(value);
    const { shapes } = this.#compiled.parts;
    return root.kind === "variable" && shapes.some(({ key }) => key === root.name);
  }

  #text(expression: Expression): string {
    return shown(this.#compiled.conditions.notes.textOf(expression));
  }
}

/** Words of a language for machines, of which the first is followed by others. */
function isStatement(text: string): boolean {
  return /^\S+\s/.test(text) || /^(?:select|insert|update|delete|with|explain)$/i.test(text);
}

/** Names of arguments that hold a text that a machine runs. */
const STATEMENTS =
  /^(?:sql|query|sql_?query|statement|command|cmd|command_?line|shell|script|code|expression)$/i;

/** What a field of a field is read from in the end. */
function rootOf(expression: Expression): Expression {
  const read = expression.kind === "field" || expression.kind === "index";
  return read ? rootOf(expression.of) : expression;
}

/** Whether something true beside a test says that a list has items: its size, or one that exists in it. */
function isSaidToBeFilled(over: Expression, beside: readonly Atom[]): boolean {
  const size = keyOf({ kind: "call", function: "size", arguments: [over] });
  const empty = keyOf({ kind: "compare", operator: "==", left: over, right: EMPTY_LIST });
  let known: Known | undefined = { ...ofKinds("number"), range: EVERY_SIZE, isWhole: true };
  for (const { key, subject, test } of beside) {
    if (key === size) known = known === undefined ? undefined : narrow(known, test);
    if (test.operator !== "is") continue;
    if (key === empty && !test.value) return true;
    if (subject.kind === "compare" && subject.operator === "!=" && test.value) {
      const { left, right } = subject;
      if (keyOf({ ...subject, operator: "==", left, right }) === empty) return true;
    }
    const isOne = subject.kind === "comprehension" && EXISTENCE.includes(subject.macro);
    if (isOne && test.value && keyOf(subject.over) === keyOf(over)) return true;
  }
  if (known === undefined) return true;
  return !isWithin(0, rangeOf(known)) || known.not?.includes(0) === true;
}

/**
 * What a macro comes to of an empty list, where a call gets further by it. A rule that denies where something bad
 * `exists` says what it means; one that denies where something `exists` that is not good means that all are good.
 */
function vacuousWords(
  { macro, body }: Comprehension,
  test: Atom["test"],
  action: Effect,
): string | undefined {
  if (test.operator !== "is") return undefined;
  if (macro === "all" && test.value) return "`all` is true";
  const isTwin = body.kind === "not" || action === "allow";
  return macro === "exists" && !test.value && isTwin ? "`exists` is false" : undefined;
}

const EMPTY_LIST: Expression = { kind: "list", items: [] };
const EXISTENCE: readonly string[] = ["exists", "exists_one"];

/** The value of which a test only says what it is not. */
function negatedValue(subject: Expression, test: Atom["test"]): Expression | undefined {
  if (test.operator === "!=" || test.operator === "not in") return subject;
  if (test.operator !== "is" || test.value) return undefined;
  switch (subject.kind) {
    case "matches":
      return subject.of;
    case "call":
      return subject.arguments[0];
    case "compare":
      // `"x" in agent.roles` asks about the list on its right.
      return subject.left.kind === "literal" ? undefined : subject.left;
    default:
      return undefined;
  }
}

/** Whether nothing is known of a value, not even its kind. */
function isDynamic({ kinds, values }: Known): boolean {
  return values === undefined && kinds.has("string") && kinds.has("number");
}

import type { Expression } from "@interlatch/core";
import type { Compiled } from "../compile.ts";
import type { Finding, Reporter } from "../diagnostics/reporter.ts";
import { allOf, shown } from "../diagnostics/words.ts";
import { textsAt } from "../document/fields.ts";
import { isGlob } from "../build/globs.ts";
import type { BuiltRule } from "../build/rules.ts";
import { conditionsIn, isConstant } from "./judge/constants.ts";
import { contradictionIn } from "./judge/contradiction.ts";
import type { Outcomes } from "./judge/outcomes.ts";
import { type Judged, type Judges, outcomesOf } from "./judges.ts";
import { boundOf } from "./bounds.ts";
import { readsVariable } from "./reads.ts";

/** Conditions that come to the same for every call, whatever it holds. */
export function lintConstants(compiled: Compiled, judges: Judges, reporter: Reporter): void {
  for (const built of compiled.rules) {
    const { when } = built.rule;
    if (when === undefined) continue;
    const judged = judges.ofRule(built.rule, when);
    new ConstantFinder(compiled, judged, hasGlob(built), reporter).visit(when);
  }
  for (const { profile } of compiled.profiles) {
    // `"true"` is how a profile says that it is for everybody.
    if (profile.when.kind === "literal" && profile.when.value === true) continue;
    const judged = judges.ofAnybody(profile.when);
    new ConstantFinder(compiled, judged, false, reporter).visit(profile.when);
  }
}

/** A rule for whatever tools there are asks what a tool does because another may be added. */
function hasGlob({ node }: BuiltRule): boolean {
  return [...textsAt(node, "tool"), ...textsAt(node, "tools")].some(({ value }) => isGlob(value));
}

class ConstantFinder {
  readonly #notes: Compiled["conditions"]["notes"];
  readonly #judged: Judged;
  readonly #isOpen: boolean;
  readonly #reporter: Reporter;

  constructor({ conditions }: Compiled, judged: Judged, isOpen: boolean, reporter: Reporter) {
    this.#notes = conditions.notes;
    this.#judged = judged;
    this.#isOpen = isOpen;
    this.#reporter = reporter;
  }

  /** Reports the innermost parts; what encloses one of them follows from it and is not reported again. */
  visit(expression: Expression): boolean {
    if (!isConstant(expression)) {
      // Each is visited, so that all are reported.
      const reported = conditionsIn(expression).map((part) => this.visit(part));
      if (reported.includes(true)) return true;
    }
    if (expression.kind === "not") return false;
    const finding = this.#findingOf(expression);
    if (finding !== undefined) this.#reporter.warning(finding);
    return finding !== undefined;
  }

  #findingOf(expression: Expression): Finding | undefined {
    const outcomes = outcomesOf(this.#judged, expression);
    const at = this.#notes.spanOf(expression);
    if (isConstant(expression)) {
      const message = `${this.#text(expression)} ${constantWords(outcomes)} for every call.`;
      return { code: "constant_condition", at, message };
    }
    if (outcomes.true && outcomes.false) return undefined;
    if (this.#isAboutTool(expression) && (outcomes.true || this.#isOpen)) return undefined;
    if (expression.kind === "and" || expression.kind === "or")
      return this.#chain(expression, outcomes);
    if (!outcomes.true && !outcomes.false) {
      // Of a tool whose data is unknown this is told by itself.
      if (readsVariable(expression, "data_type")) return undefined;
      const message = `${this.#text(expression)} is never true or false${this.#tools(expression)}, so it is an error on every call.`;
      return { code: "always_error", at, message, hint: "Compare it with something." };
    }
    const code = outcomes.true ? "never_false" : "never_true";
    const message = `${this.#text(expression)} is ${wordsOf(outcomes)}${this.#because(expression)}.`;
    return { code, at, message };
  }

  /** Where operands exclude one another, the place is the one that cannot hold beside those before it. */
  #chain(
    chain: Extract<Expression, { kind: "and" | "or" }>,
    outcomes: Outcomes,
  ): Finding | undefined {
    const [judge] = this.#judged.judges;
    if (judge === undefined || outcomes.true === outcomes.false) return undefined;
    const found = contradictionIn(chain, (of) => judge.known(of));
    if (found === undefined) return undefined;
    const { atom, against } = found;
    const value = chain.kind === "and" ? "true" : "false";
    const other = against === undefined ? "what stands before it" : this.#text(against.expression);
    const message = `${this.#text(atom.expression)} cannot be ${value} where ${other} is, so the condition is never ${value}.`;
    const code = chain.kind === "and" ? "never_true" : "never_false";
    return { code, at: this.#notes.spanOf(atom.expression), message };
  }

  /** Whether an expression asks what the tool is like, which is no surprise to whoever wrote both. */
  #isAboutTool(expression: Expression): boolean {
    return readsVariable(expression, "tool", "operation", "data_type");
  }

  #because(expression: Expression): string {
    const [judge, ...others] = this.#judged.judges;
    const bound =
      judge === undefined || others.length > 0 || expression.kind !== "compare"
        ? undefined
        : boundOf(expression, (of) => judge.known(of));
    if (bound === undefined) return this.#tools(expression);
    return `${this.#tools(expression)}: ${this.#text(bound.subject)} is ${bound.words}`;
  }

  #tools(expression: Expression): string {
    const { tools } = this.#judged;
    const isAbout = readsVariable(expression, "arguments") || this.#isAboutTool(expression);
    return tools.length === 0 || !isAbout ? "" : ` for ${allOf(tools)}`;
  }

  #text(expression: Expression): string {
    return `\`${shown(this.#notes.textOf(expression))}\``;
  }
}

function constantWords({ true: isTrue, false: isFalse }: Outcomes): string {
  if (isTrue && isFalse) return "is the same";
  if (isTrue) return "is true";
  return isFalse ? "is false" : "is an error";
}

function wordsOf({ true: isTrue, error }: Outcomes): string {
  if (error) return isTrue ? "never false" : "never true";
  return isTrue ? "always true" : "always false";
}

import type { Expression, Rule } from "@interlatch/core";
import type { BuiltRule } from "../build/rules.ts";
import type { BuiltTool } from "../build/tools.ts";
import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { argumentOf, isFreeText, type TestedArgument } from "./free-text.ts";
import type { Atom } from "./judge/normal.ts";
import type { Judges } from "./judges.ts";
import { type LooseningAtom, matchingAtoms } from "./loosening.ts";
import { fieldsRead } from "./reads.ts";
import { rulesByTool } from "./rules-by-tool.ts";

/** Tools of one rule that are looked at one by one. */
const TOOLS = 50;

/** Rules that keep out texts by naming them: whatever says the same in another spelling passes. */
export function lintDenyLists(compiled: Compiled, judges: Judges, reporter: Reporter): void {
  const finder = new DenyLists(compiled, judges, reporter);
  for (const built of compiled.rules) finder.visit(built);
}

class DenyLists {
  readonly #compiled: Compiled;
  readonly #judges: Judges;
  readonly #reporter: Reporter;
  readonly #tools: ReadonlyMap<string, BuiltTool>;
  readonly #rulesOf: ReadonlyMap<string, readonly BuiltRule[]>;
  readonly #protections = new Map<string, Protection>();

  constructor(compiled: Compiled, judges: Judges, reporter: Reporter) {
    this.#compiled = compiled;
    this.#judges = judges;
    this.#reporter = reporter;
    this.#tools = new Map(compiled.tools.map((tool) => [tool.name, tool]));
    this.#rulesOf = rulesByTool(compiled);
  }

  visit({ rule }: BuiltRule): void {
    const { when } = rule;
    if (when === undefined) return;
    for (const one of matchingAtoms(when)) {
      if (rule.action === "allow") this.#allowed(one, rule, when);
      else this.#keptOut(one, rule, when);
    }
  }

  /** An allow rule for every text but those that hold something. Of a value of unknown kind another finding tells. */
  #allowed({ atom, beside, locals }: LooseningAtom, rule: Rule, when: Expression): void {
    const of = partOf(atom, false);
    const argument = of === undefined ? undefined : argumentOf(of, locals);
    if (argument === undefined) return;
    const judged = this.#judges.ofRule(rule, when);
    if (!isFreeText(argument.value, judged)) return;
    if (judged.judges.some((judge) => judge.known(argument.value).kinds.size > 1)) return;
    const names = (test: Atom): boolean => isAbout(namedOf(test), argument, locals);
    if (beside.some(names)) return;
    this.#warn(atom, `so that any other text in ${this.#text(argument)} is allowed`);
  }

  /** A deny or review rule for some texts, where nothing but it looks at the argument. */
  #keptOut({ atom, locals }: LooseningAtom, rule: Rule, when: Expression): void {
    const of = namedOf(atom);
    const argument = of === undefined ? undefined : argumentOf(of, locals);
    if (argument === undefined) return;
    for (const name of rule.tools.slice(0, TOOLS)) {
      const tool = this.#tools.get(name);
      const opened = tool === undefined ? undefined : this.#openingOf(tool, argument);
      if (opened === undefined) continue;
      if (!isFreeText(argument.value, this.#judges.ofRule({ ...rule, tools: [name] }, when)))
        continue;
      const because = `and with any other text in ${this.#text(argument)} ${opened} allows a call of \`${name}\``;
      return this.#warn(atom, because);
    }
  }

  /** What allows a call of a tool whatever an argument holds; `undefined` where nothing does. */
  #openingOf({ name: tool, policy }: BuiltTool, { name }: TestedArgument): string | undefined {
    let protection = this.#protections.get(tool);
    if (protection === undefined) {
      protection = protectionOf((this.#rulesOf.get(tool) ?? []).map(({ rule }) => rule));
      this.#protections.set(tool, protection);
    }
    if (protection.isWalled || protection.kept.has(name)) return undefined;
    if (policy.default === "allow") return "the `default`";
    const open = protection.allowing.find(({ reads }) => reads !== "all" && !reads.has(name));
    return open === undefined ? undefined : `the rule \`${open.rule.name}\``;
  }

  #warn({ expression }: Atom, because: string): void {
    this.#reporter.warning({
      code: "deny_list",
      at: this.#compiled.conditions.notes.spanOf(expression),
      message: `This keeps out what is spelt as it is named here, ${because}.`,
      hint: "Name what is allowed instead: `enum` or a `pattern` held at both ends in the schema, or `==`, `in` in a rule that allows.",
    });
  }

  #text({ value }: TestedArgument): string {
    return `\`${shown(this.#compiled.conditions.notes.textOf(value))}\``;
  }
}

/** What the rules of a tool say of its arguments; made once for a tool, of which ten thousand rules may be. */
interface Protection {
  /** Whether a rule stops every call, whatever it holds. */
  readonly isWalled: boolean;
  /** Arguments of which what nobody named is stopped. */
  readonly kept: ReadonlySet<string>;
  /** The rules that allow, and which arguments they read. Rules that read the same are there once. */
  readonly allowing: readonly {
    readonly rule: Rule;
    readonly reads: ReadonlySet<string> | "all";
  }[];
}

function protectionOf(rules: readonly Rule[]): Protection {
  const allowing = new Map<string, Protection["allowing"][number]>();
  for (const rule of rules) {
    if (rule.action !== "allow") continue;
    const reads = fieldsRead(rule.when === undefined ? [] : [rule.when], "arguments");
    const identity = JSON.stringify(reads === "all" ? reads : [...reads].sort());
    if (!allowing.has(identity)) allowing.set(identity, { rule, reads });
  }
  return {
    isWalled: rules.some(
      ({ action, when, until }) => action !== "allow" && when === undefined && until === undefined,
    ),
    kept: new Set(rules.flatMap(keptBy)),
    allowing: [...allowing.values()],
  };
}

/** The arguments of which a rule stops what it does not name. */
function keptBy({ action, when }: Rule): readonly string[] {
  if (action === "allow" || when === undefined) return [];
  return matchingAtoms(when).flatMap(({ atom, locals }) => {
    const of = unnamedOf(atom);
    return (of === undefined ? undefined : argumentOf(of, locals)?.name) ?? [];
  });
}

function isAbout(
  of: Expression | undefined,
  { name }: TestedArgument,
  locals: LooseningAtom["locals"],
): boolean {
  return of !== undefined && argumentOf(of, locals)?.name === name;
}

/** The text in which a test looks for a part, or in which it finds none. */
function partOf({ subject, test }: Atom, isThere: boolean): Expression | undefined {
  if (test.operator !== "is" || test.value !== isThere) return undefined;
  if (subject.kind === "matches") return subject.of;
  const isPart = subject.kind === "call" && subject.function === "contains";
  return isPart ? subject.arguments[0] : undefined;
}

/** The text of which a test says that it is, or holds, one that is named. */
function namedOf(atom: Atom): Expression | undefined {
  const { subject, test } = atom;
  if (test.operator === "==") return isText(test.value) ? subject : undefined;
  if (test.operator === "in") return test.values.every(isText) ? subject : undefined;
  return partOf(atom, true);
}

/** The value of which a test says what it is not. */
function unnamedOf(atom: Atom): Expression | undefined {
  const { subject, test } = atom;
  if (test.operator === "!=" || test.operator === "not in") return subject;
  if (test.operator !== "is" || test.value) return undefined;
  if (subject.kind === "compare") return subject.left;
  return subject.kind === "call" ? subject.arguments[0] : partOf(atom, false);
}

/** An empty text has no other spelling. */
function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

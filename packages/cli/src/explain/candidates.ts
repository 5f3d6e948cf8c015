import { everyExpression } from "@interlatch/policy";
import type { ArgumentSchema, Expression, Json, Policy } from "@interlatch/core";
import {
  type Change,
  changeField,
  changeRole,
  changeTime,
  FIELD_ROOTS,
  fieldOf,
  type FieldPath,
} from "./change.ts";
import type { Question } from "./question.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Tests of a text that holds when the text is what it is compared with. */
const TEXT_TESTS: readonly string[] = ["startsWith", "endsWith", "contains", "under"];

/**
 * The changes that the policy itself suggests: each constant that a condition or the tool's schema compares a field
 * with, and its neighbours; each role it asks for; another hour, where it looks at the clock. Whether any of them
 * helps is for the engine to say.
 */
export function candidatesFor(policy: Policy, question: Question): readonly Change[] {
  const found = new Candidates(question);
  const tool = Object.hasOwn(policy.tools, question.tool) ? policy.tools[question.tool] : undefined;
  if (tool === undefined) return [];
  const profiles = Object.values(policy.agents ?? {}).filter(({ tools }) =>
    tools.includes(question.tool),
  );
  const rules = policy.rules.filter(({ tools }) => tools.includes(question.tool));
  if (tool.arguments !== undefined) addSchema(tool.arguments, ["arguments"], found);
  for (const { when } of [...rules, ...profiles]) if (when !== undefined) addCondition(when, found);
  return found.all();
}

function addCondition(condition: Expression, found: Candidates): void {
  for (const one of everyExpression(condition)) {
    switch (one.kind) {
      case "compare":
        addComparison(one, found);
        break;
      case "has":
        addPresence(one, found);
        break;
      case "call":
        addTest(one, found);
        break;
      case "variable":
        if (one.name === "request") found.addTimes();
        break;
      case "field":
        if (typeof found.valueOf(one) === "boolean") found.addValues(one, [true, false]);
        break;
      default:
        break;
    }
  }
}

function addComparison(
  { operator, left, right }: Extract<Expression, { kind: "compare" }>,
  found: Candidates,
): void {
  if (operator === "in") {
    if (left.kind === "literal" && typeof left.value === "string")
      found.addMember(right, left.value);
    if (right.kind === "list") found.addValues(left, right.items.flatMap(literalOf));
    return;
  }
  found.addNear(left, literalOf(right));
  found.addNear(right, literalOf(left));
}

function addPresence({ of, name }: Extract<Expression, { kind: "has" }>, found: Candidates): void {
  const path = pathOf({ kind: "field", of, name });
  if (path?.[0] === "arguments") found.addRemoval(path);
}

function addTest(
  { function: name, arguments: [first, second] }: Extract<Expression, { kind: "call" }>,
  found: Candidates,
): void {
  if (first === undefined || second === undefined || !TEXT_TESTS.includes(name)) return;
  found.addValues(first, literalOf(second));
}

function literalOf(one: Expression): readonly Json[] {
  return one.kind === "literal" ? [one.value] : [];
}

/** Bounds and alternatives that the schema names; arguments that it does not know may be left out. */
function addSchema(schema: ArgumentSchema, path: FieldPath, found: Candidates): void {
  if (typeof schema === "boolean") return;
  const { enum: alternatives = [], minimum, maximum } = schema;
  found.addPathValues(path, alternatives);
  if (schema.const !== undefined) found.addPathValues(path, [schema.const]);
  for (const bound of [minimum, maximum, schema.exclusiveMinimum, schema.exclusiveMaximum]) {
    if (bound !== undefined) found.addPathValues(path, near(bound));
  }
  const { properties } = schema;
  if (properties === undefined) return;
  found.addUnknown(path, Object.keys(properties));
  for (const [name, inner] of Object.entries(properties)) addSchema(inner, [...path, name], found);
}

/** A bound and the whole numbers beside it: which of them is inside depends on the comparison. */
function near(bound: number): readonly number[] {
  return [bound, bound - 1, bound + 1];
}

/** A field that can be otherwise; `null`: facts and what the policy says of the tool are not the caller's. */
function pathOf(one: Expression): FieldPath | null {
  if (one.kind === "variable") {
    return FIELD_ROOTS.includes(one.name) ? ([one.name] as unknown as FieldPath) : null; // one of the roots
  }
  if (one.kind !== "field") return null;
  const around = pathOf(one.of);
  return around === null ? null : [...around, one.name];
}

/** Collects changes, each once, none that changes nothing. */
class Candidates {
  readonly #question: Question;
  readonly #changes = new Map<string, Change>();
  readonly #times: Change[] = [];

  constructor(question: Question) {
    this.#question = question;
  }

  /** Fields first, since they are what a caller can change; times last. */
  all(): readonly Change[] {
    return [...this.#changes.values(), ...this.#times];
  }

  valueOf(one: Expression): Json | undefined {
    const path = pathOf(one);
    return path === null ? undefined : fieldOf(this.#question, path);
  }

  addNear(one: Expression, literals: readonly Json[]): void {
    const values = literals.flatMap((value): readonly Json[] =>
      typeof value === "number" ? near(value) : [value],
    );
    this.addValues(one, values);
  }

  addValues(one: Expression, values: readonly Json[]): void {
    const path = pathOf(one);
    if (path !== null) this.addPathValues(path, values);
  }

  addPathValues(path: FieldPath, values: readonly Json[]): void {
    const [root, ...fields] = path;
    const isWhole = fields.length === 0;
    if (root === "tenant" ? !isWhole : isWhole) return;
    // Who acts for nobody does not become somebody by one claim.
    if (root === "user" && fieldOf(this.#question, ["user"]) === undefined) return;
    const before = JSON.stringify(fieldOf(this.#question, path));
    for (const value of values) {
      if (JSON.stringify(value) === before) continue;
      this.#add(changeField(this.#question, path, value));
    }
  }

  addMember(list: Expression, member: string): void {
    const path = pathOf(list);
    if (path?.join(".") !== "agent.roles") return;
    this.#add(changeRole(member, this.#question.identity.agent.roles?.includes(member) === true));
  }

  addRemoval(path: FieldPath): void {
    if (fieldOf(this.#question, path) === undefined) return;
    this.#add(changeField(this.#question, path, undefined));
  }

  addUnknown(path: FieldPath, known: readonly string[]): void {
    const value = fieldOf(this.#question, path);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    for (const name of Object.keys(value)) {
      if (!known.includes(name)) this.addRemoval([...path, name]);
    }
  }

  /** The hours of a day, then the days of a week. */
  addTimes(): void {
    if (this.#times.length > 0) return;
    const hour = Math.floor(this.#question.time / HOUR_MS) * HOUR_MS;
    for (let ahead = 1; ahead <= 24; ahead++) this.#times.push(changeTime(hour + ahead * HOUR_MS));
    for (let ahead = 2; ahead <= 7; ahead++) {
      this.#times.push(changeTime(this.#question.time + ahead * DAY_MS));
    }
  }

  #add(change: Change): void {
    const key = `${change.place} ${change.text}`;
    if (!this.#changes.has(key)) this.#changes.set(key, change);
  }
}

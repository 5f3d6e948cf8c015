import {
  EXPRESSION_LIMITS,
  type Comprehension,
  type Expression,
  FUNCTIONS,
  VARIABLES,
} from "./expression.ts";
import {
  type Check,
  type ConditionWalk,
  type Place,
  closed,
  found,
  optional,
  quote,
  refuse,
  variants,
  within,
} from "./shape.ts";
import { finite, listOf, oneOf, text } from "./shape-values.ts";
import { knownPattern } from "./validate-patterns.ts";

/** The node of one kind. */
type Node<Kind extends Expression["kind"]> = Extract<Expression, { readonly kind: Kind }>;
type Call = Node<"call">;

const LOCAL_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const FUNCTION_NAMES = Object.keys(FUNCTIONS) as (keyof typeof FUNCTIONS)[];
const literalText = text(65_536);
const fieldName = text(1_024);
const operands = listOf(node, 1, EXPRESSION_LIMITS.nodes);
const items = listOf(node, 0, EXPRESSION_LIMITS.nodes);

/**
 * Checks one condition: every node of a known kind with exactly its fields, at most 2,000 nodes, at most
 * 64 deep, every local variable bound by a comprehension around it, every function with its number of arguments.
 */
export function expression(value: unknown, at: Place): Expression {
  const condition: ConditionWalk = { nodes: 0, depth: 0, locals: [] };
  return node(value, { ...at, about: { ...at.about, condition } });
}

function node(value: unknown, at: Place): Expression {
  const walk = walkOf(at);
  walk.nodes += 1;
  walk.depth += 1;
  if (walk.nodes > EXPRESSION_LIMITS.nodes) {
    return refuse(at, `the condition has more than ${EXPRESSION_LIMITS.nodes} nodes`);
  }
  // Before descending: a deep document must not become a deep call stack.
  if (walk.depth > EXPRESSION_LIMITS.depth) {
    return refuse(at, `the condition is nested deeper than ${EXPRESSION_LIMITS.depth}`);
  }
  const checked = anyKind(value, at);
  walk.depth -= 1;
  return checked;
}

function walkOf(at: Place): ConditionWalk {
  return at.about.condition ?? refuse(at, "is not part of a condition");
}

function only<const Value extends string>(expected: Value): Check<Value> {
  return oneOf([expected]);
}

function literal(value: unknown, at: Place): null | boolean | number | string {
  if (value === null || typeof value === "boolean") return value;
  return typeof value === "string" ? literalText(value, at) : finite(value, at);
}

function boundLocal(value: unknown, at: Place): string {
  const local = localName(value, at);
  return walkOf(at).locals.includes(local)
    ? local
    : refuse(at, `no comprehension around it binds ${quote(local)}`);
}

function bindLocal(value: unknown, at: Place): string {
  const local = localName(value, at);
  walkOf(at).locals.push(local);
  return local;
}

function localName(value: unknown, at: Place): string {
  return typeof value === "string" && LOCAL_NAME.test(value) && value !== "__proto__"
    ? value
    : refuse(at, `expected an identifier, found ${found(value)}`);
}

function mapEntry(value: unknown, at: Place): readonly [Expression, Expression] {
  if (!Array.isArray(value) || value.length !== 2) return refuse(at, "expected a key and a value");
  const entry = [node(value[0], within(at, 0)), node(value[1], within(at, 1))] as const;
  return Object.freeze(entry);
}

/** Fields are checked in this order: `over` is read before `as` is bound, `where` and `body` after. */
const comprehensionFields = closed<Comprehension>({
  kind: only("comprehension"),
  macro: oneOf(["all", "exists", "exists_one", "filter", "map"]),
  over: node,
  as: bindLocal,
  where: optional(node),
  body: node,
});

function comprehension(value: unknown, at: Place): Comprehension {
  const { locals } = walkOf(at);
  const outside = locals.length;
  const checked = comprehensionFields(value, at);
  locals.length = outside;
  return checked;
}

const callFields = closed<Call>({
  kind: only("call"),
  function: oneOf(FUNCTION_NAMES),
  arguments: items,
});

function call(value: unknown, at: Place): Call {
  const checked = callFields(value, at);
  const expected = FUNCTIONS[checked.function];
  const given = checked.arguments.length;
  return given === expected
    ? checked
    : refuse(at, `${checked.function} takes ${expected} arguments, found ${given}`);
}

const anyKind: Check<Expression> = variants<Expression>({
  literal: closed<Node<"literal">>({ kind: only("literal"), value: literal }),
  variable: closed<Node<"variable">>({ kind: only("variable"), name: oneOf(VARIABLES) }),
  local: closed<Node<"local">>({ kind: only("local"), name: boundLocal }),
  field: closed<Node<"field">>({ kind: only("field"), of: node, name: fieldName }),
  has: closed<Node<"has">>({ kind: only("has"), of: node, name: fieldName }),
  index: closed<Node<"index">>({ kind: only("index"), of: node, at: node }),
  list: closed<Node<"list">>({ kind: only("list"), items }),
  map: closed<Node<"map">>({
    kind: only("map"),
    entries: listOf(mapEntry, 0, EXPRESSION_LIMITS.nodes),
  }),
  not: closed<Node<"not">>({ kind: only("not"), of: node }),
  negate: closed<Node<"negate">>({ kind: only("negate"), of: node }),
  and: closed<Node<"and">>({ kind: only("and"), operands }),
  or: closed<Node<"or">>({ kind: only("or"), operands }),
  if: closed<Node<"if">>({ kind: only("if"), test: node, then: node, else: node }),
  compare: closed<Node<"compare">>({
    kind: only("compare"),
    operator: oneOf(["==", "!=", "<", "<=", ">", ">=", "in"]),
    left: node,
    right: node,
  }),
  arithmetic: closed<Node<"arithmetic">>({
    kind: only("arithmetic"),
    operator: oneOf(["+", "-", "*", "/", "%"]),
    left: node,
    right: node,
  }),
  comprehension,
  matches: closed<Node<"matches">>({
    kind: only("matches"),
    of: node,
    pattern: knownPattern,
  }),
  call,
});

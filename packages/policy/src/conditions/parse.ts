import { type ASTNode, Environment, ParseError } from "@marcbachmann/cel-js";
import type { DiagnosticCode } from "../diagnostics/diagnostic.ts";
import { prepare, type StandIn } from "./stand-ins.ts";
import { syntaxHint } from "./syntax-hints.ts";

/**
 * What a condition says, before names and types are looked at. Offsets are in the text that was parsed, the
 * end excluded. Chains of `&&` and of `||` are one flat node; a minus before a number is part of the number.
 */
export type Syntax = SyntaxRange &
  (
    | { readonly kind: "literal"; readonly value: null | boolean | number | string }
    | { readonly kind: "name"; readonly name: string }
    | {
        readonly kind: "field";
        readonly of: Syntax;
        readonly name: string;
        readonly nameStart: number;
      }
    | { readonly kind: "index"; readonly of: Syntax; readonly at: Syntax }
    | { readonly kind: "list"; readonly items: readonly Syntax[] }
    | { readonly kind: "map"; readonly entries: readonly (readonly [Syntax, Syntax])[] }
    | { readonly kind: "not" | "negate"; readonly of: Syntax }
    | { readonly kind: "and" | "or"; readonly operands: readonly Syntax[] }
    | { readonly kind: "if"; readonly test: Syntax; readonly then: Syntax; readonly else: Syntax }
    | {
        readonly kind: "binary";
        readonly operator: BinaryOperator;
        readonly left: Syntax;
        readonly right: Syntax;
      }
    /** `name(…)`, or `receiver.name(…)`. */
    | {
        readonly kind: "call";
        readonly name: string;
        readonly receiver?: Syntax;
        readonly arguments: readonly Syntax[];
      }
  );

interface SyntaxRange {
  readonly start: number;
  readonly end: number;
}

/** Operators with two sides, but for the chains. */
export type BinaryOperator =
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "in"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%";

/** Why a text is no condition. */
export interface SyntaxProblem extends SyntaxRange {
  readonly code: Extract<
    DiagnosticCode,
    "condition_syntax" | "condition_too_large" | "unsupported_literal"
  >;
  readonly message: string;
  readonly hint?: string;
}

/** What {@link parseCondition} gives. */
export type ParseResult =
  | { readonly ok: true; readonly syntax: Syntax }
  | { readonly ok: false; readonly problem: SyntaxProblem };

/**
 * Of the library this uses the parser alone: its evaluator has no bounds and uses backtracking patterns.
 * A condition of 2,000 nodes has at most twice as many here, since chains are not flat yet.
 */
const grammar = new Environment({
  limits: { maxAstNodes: 4_000, maxDepth: 200, maxListElements: 2_000, maxMapEntries: 2_000 },
});

/** Deeper than any condition that is within bounds: sugar adds two levels at most, the rest is flattened. */
const SYNTAX_DEPTH = 130;

/** Parses one condition of the language (CEL, JSON profile). Never throws. */
export function parseCondition(text: string): ParseResult {
  try {
    const { text: prepared, standIns } = prepare(text);
    return { ok: true, syntax: syntaxOf(grammar.parse(prepared).ast, standIns, 0) };
  } catch (error) {
    return { ok: false, problem: problemOf(error, text) };
  }
}

/** Carries a problem out of the recursion; never leaves this file. */
class Refused extends Error {
  readonly problem: SyntaxProblem;
  constructor(problem: SyntaxProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

type StandIns = ReadonlyMap<number, StandIn>;

function syntaxOf(node: ASTNode, standIns: StandIns, depth: number): Syntax {
  const { start, end } = node;
  if (depth > SYNTAX_DEPTH) throw new Refused({ ...tooLarge, start, end });
  const inner = (child: ASTNode): Syntax => syntaxOf(child, standIns, depth + 1);
  switch (node.op) {
    case "value":
      return { kind: "literal", value: literalOf(node.args, node), start, end };
    case "id": {
      const standIn = standIns.get(start);
      return standIn?.kind === "literal"
        ? { kind: "literal", value: literalOf(standIn.value, node), start, end }
        : { kind: "name", name: node.args, start, end };
    }
    case ".": {
      const standIn = standIns.get(node.pos);
      const name = standIn?.kind === "field" ? standIn.name : node.args[1];
      return { kind: "field", of: inner(node.args[0]), name, nameStart: node.pos, start, end };
    }
    case "[]":
      return { kind: "index", of: inner(node.args[0]), at: inner(node.args[1]), start, end };
    case "call":
      if (standIns.has(start)) throw new Refused({ ...plainNames, start, end });
      return { kind: "call", name: node.args[0], arguments: node.args[1].map(inner), start, end };
    case "rcall": {
      const [name, receiver, given] = node.args;
      // No function has such a name: it was written between backticks.
      if (/^_+$/.test(name)) throw new Refused({ ...plainNames, start, end });
      return {
        kind: "call",
        name,
        receiver: inner(receiver),
        arguments: given.map(inner),
        start,
        end,
      };
    }
    case "list":
      return { kind: "list", items: node.args.map(inner), start, end };
    case "map":
      return {
        kind: "map",
        entries: node.args.map(([key, value]) => [inner(key), inner(value)]),
        start,
        end,
      };
    case "?:": {
      const [test, then, otherwise] = node.args;
      return {
        kind: "if",
        test: inner(test),
        then: inner(then),
        else: inner(otherwise),
        start,
        end,
      };
    }
    case "&&":
    case "||": {
      const operands = chain(node.op, node).map(inner);
      return { kind: node.op === "&&" ? "and" : "or", operands, start, end };
    }
    case "!_":
      return { kind: "not", of: inner(node.args), start, end };
    case "-_":
      return negated(inner(node.args), start, end);
    case ".?":
    case "[?]":
      throw new Refused({
        code: "condition_syntax",
        start,
        end,
        message: "Optional access (`.?`) is not part of the language.",
      });
    default: {
      const [left, right] = node.args;
      return {
        kind: "binary",
        operator: node.op,
        left: inner(left),
        right: inner(right),
        start,
        end,
      };
    }
  }
}

/** The operands of `a && b && c`, without recursion: a chain may be as long as a condition may be large. */
function chain(operator: "&&" | "||", node: ASTNode): ASTNode[] {
  const operands: ASTNode[] = [];
  const open: ASTNode[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.op === operator) open.push(next.args[1], next.args[0]);
    else operands.push(next);
  }
  return operands;
}

function negated(of: Syntax, start: number, end: number): Syntax {
  if (of.kind === "literal" && typeof of.value === "number") {
    return { kind: "literal", value: of.value === 0 ? 0 : -of.value, start, end };
  }
  return { kind: "negate", of, start, end };
}

function literalOf(value: unknown, { start, end }: ASTNode): null | boolean | number | string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return value;
  if (typeof value === "bigint") {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    const message = `The number ${value} cannot be held exactly: numbers are doubles, whole ones at most 2^53 - 1.`;
    throw new Refused({ code: "unsupported_literal", start, end, message });
  }
  const bytes = value instanceof Uint8Array;
  throw new Refused({
    code: "unsupported_literal",
    start,
    end,
    message: `${bytes ? "A bytes literal" : "An unsigned literal"} is not part of the language: it has JSON values only.`,
    hint: bytes ? "Leave the `b` before the quote out." : "Leave the `u` after the number out.",
  });
}

/** Only fields have names between backticks, and a literal cannot be called. */
const plainNames = {
  code: "condition_syntax",
  message: "Not a condition: a function has a plain name.",
} as const;

const tooLarge = {
  code: "condition_too_large",
  message: "The condition is nested too deeply.",
} as const;

function problemOf(error: unknown, text: string): SyntaxProblem {
  if (error instanceof Refused) return error.problem;
  if (!(error instanceof ParseError)) return { ...tooLarge, start: 0, end: text.length };
  const start = Math.min(error.range?.start ?? 0, text.length);
  const end = Math.min(Math.max(error.range?.end ?? start, start), text.length);
  if (error.code === "limit_exceeded") {
    return {
      code: "condition_too_large",
      start,
      end,
      message: "The condition is too large or nested too deeply.",
    };
  }
  const meant = syntaxHint(text, start);
  const place = { start: meant?.start ?? start, end: meant?.end ?? end };
  const found = text.slice(place.start, place.end).trim();
  return {
    code: "condition_syntax",
    ...place,
    message: `Not a condition: ${explain(error, found)}.`,
    ...(meant === undefined ? {} : { hint: meant.hint }),
  };
}

/** The parser's words for a token, in ours. */
const TOKENS: readonly (readonly [RegExp, string])[] = [
  [/\bRPAREN\b/, "`)`"],
  [/\bLPAREN\b/, "`(`"],
  [/\bRBRACKET\b/, "`]`"],
  [/\bLBRACKET\b/, "`[`"],
  [/\bRBRACE\b/, "`}`"],
  [/\bLBRACE\b/, "`{`"],
  [/\bCOLON\b/, "`:`"],
  [/\bIDENTIFIER\b/, "a name"],
];

function explain(error: ParseError, found: string): string {
  const what = found === "" ? "the end" : `\`${found.slice(0, 40)}\``;
  const expected = /^Expected (\w+)/.exec(error.summary)?.[1];
  if (expected !== undefined) {
    const name =
      TOKENS.find(([pattern]) => pattern.test(expected))?.[1] ?? `\`${expected.toLowerCase()}\``;
    return `found ${what} where ${name} was expected`;
  }
  switch (error.code) {
    case "unexpected_token":
      return `found ${what} where a value was expected`;
    case "unexpected_character":
      return `found ${what} where it makes no sense`;
    case "reserved_identifier":
      return `${what} is a reserved word`;
    default:
      return error.summary.replace(/\.$/, "").replace(/^./, (first) => first.toLowerCase());
  }
}

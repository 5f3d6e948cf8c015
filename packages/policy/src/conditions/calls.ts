import {
  EXPRESSION_LIMITS,
  type Comprehension,
  type Expression,
  type FunctionName,
} from "@interlatch/core";
import { nearest } from "../diagnostics/nearest.ts";
import { shown } from "../diagnostics/words.ts";
import type { Locals, Lowerer } from "./lower.ts";
import { readsLiteral } from "./literals.ts";
import type { Syntax } from "./parse.ts";
import { isRole } from "./roles.ts";
import {
  ALL_FUNCTIONS,
  isFunction,
  isVariable,
  LATER_FUNCTIONS,
  LEFT_OUT,
  MACROS,
  METHODS,
  TIME_PARTS,
} from "./vocabulary.ts";

type Call = Extract<Syntax, { kind: "call" }>;

/** Lowers `name(…)` and `receiver.name(…)`: macros, patterns and the functions of the language. */
export function lowerCall(lowerer: Lowerer, call: Call, locals: Locals): Expression {
  const { name, receiver } = call;
  if (receiver === undefined && LATER_FUNCTIONS.includes(name)) return later(lowerer, call, locals);
  if (name === "has" && receiver === undefined) return has(lowerer, call, locals);
  if (name === "matches") return matches(lowerer, call, locals);
  if (receiver !== undefined && isMacro(name))
    return comprehension(lowerer, call, name, receiver, locals);
  if (!isFunction(name)) return unknown(lowerer, call, locals);
  const isMethod = METHODS.includes(name);
  if (isMethod !== (receiver !== undefined) && name !== "size") {
    lowerArguments(lowerer, call, locals);
    const right = isMethod ? `x.${name}(...)` : `${name}(...)`;
    return lowerer.refuse(
      call,
      "bad_call",
      `\`${name}\` is ${isMethod ? "a method" : "a function"}.`,
      `Write \`${right}\`.`,
    );
  }
  if (TIME_PARTS.includes(name) && refuseZone(lowerer, call)) {
    lowerArguments(lowerer, call, locals);
    return lowerer.lowering.notes.hole(lowerer.source, call);
  }
  const given = lowerArguments(lowerer, call, locals);
  const wanted = name === "size" || isMethod ? 1 : arity(name);
  if (given.length !== (isMethod ? wanted + 1 : wanted)) {
    return lowerer.refuse(
      call,
      "bad_call",
      `\`${name}\` takes ${times(wanted)}; found ${call.arguments.length}.`,
    );
  }
  keepLiteral(lowerer, name, call);
  return lowerer.made({ kind: "call", function: name, arguments: given }, call);
}

/** The text that a function reads in a form of its own is its last argument. */
function keepLiteral({ lowering, source }: Lowerer, name: FunctionName, call: Call): void {
  const last = call.arguments.at(-1);
  if (last?.kind !== "literal" || typeof last.value !== "string" || !readsLiteral(name)) return;
  lowering.literal({ function: name, text: last.value, at: source.spanOf(last.start, last.end) });
}

function lowerArguments(lowerer: Lowerer, call: Call, locals: Locals): Expression[] {
  const all = call.receiver === undefined ? call.arguments : [call.receiver, ...call.arguments];
  return all.map((argument) => lowerer.lower(argument, locals));
}

const TWO: readonly string[] = ["glob", "inDomain", "under", "ipIn"];

function arity(name: string): number {
  return TWO.includes(name) ? 2 : 1;
}

function times(count: number): string {
  return count === 1 ? "one argument" : `${count} arguments`;
}

function later(lowerer: Lowerer, call: Call, locals: Locals): Expression {
  lowerArguments(lowerer, call, locals);
  return lowerer.refuseLater(call, call.name);
}

/** What other languages call functions and operators of this one. */
const OTHER_FUNCTIONS: Readonly<Record<string, string>> = {
  not: "`!(...)`",
  len: "`size(...)`",
  length: "`size(...)`",
  lowerAscii: "`lower(...)`",
  toLowerCase: "`lower(...)`",
  includes: "`x in list`, or `text.contains(part)`",
  test: "`text.matches(pattern)`",
};

/** Words that ask for what a condition must not have. */
const IMPURE = /^(?:now|today|time|date|clock|random|uuid|fetch|http|get|read|env|file)/i;

function unknown(lowerer: Lowerer, call: Call, locals: Locals): Expression {
  const { name, receiver } = call;
  // What looks like a macro may bind its first argument, so the arguments of an unknown method are not looked at.
  if (receiver === undefined) lowerArguments(lowerer, call, locals);
  else if (receiver.kind !== "name") lowerer.lower(receiver, locals);
  const why = Object.hasOwn(LEFT_OUT, name) ? LEFT_OUT[name] : undefined;
  if (why !== undefined) {
    return lowerer.refuse(
      call,
      "unknown_function",
      `The function \`${name}\` of CEL is left out of this language: ${why}.`,
    );
  }
  const right = nearest(name, ALL_FUNCTIONS);
  const other = Object.hasOwn(OTHER_FUNCTIONS, name) ? OTHER_FUNCTIONS[name] : undefined;
  const hint =
    other !== undefined
      ? `Write ${other}.`
      : right !== undefined
        ? `Did you mean \`${right}\`?`
        : IMPURE.test(name)
          ? "There is no clock (but `request.time`), no randomness and no I/O: a decision replays from its record."
          : `There are: ${ALL_FUNCTIONS.join(", ")}.`;
  return lowerer.refuse(call, "unknown_function", `There is no function \`${shown(name)}\`.`, hint);
}

function has(lowerer: Lowerer, call: Call, locals: Locals): Expression {
  const [asked, ...others] = call.arguments;
  if (asked?.kind !== "field" || others.length > 0) {
    return lowerer.refuse(call, "bad_call", "`has` takes one field: `has(arguments.note)`.");
  }
  if (isRole(asked, locals)) return lowerer.lower(asked, locals);
  return lowerer.made({ kind: "has", of: lowerer.lower(asked.of, locals), name: asked.name }, call);
}

function matches(lowerer: Lowerer, call: Call, locals: Locals): Expression {
  const [text, pattern, ...others] =
    call.receiver === undefined ? call.arguments : [call.receiver, ...call.arguments];
  if (text === undefined || pattern === undefined || others.length > 0) {
    lowerArguments(lowerer, call, locals);
    return lowerer.refuse(call, "bad_call", '`matches` takes one pattern: `text.matches("...")`.');
  }
  const of = lowerer.lower(text, locals);
  if (pattern.kind !== "literal" || typeof pattern.value !== "string") {
    return lowerer.refuse(
      pattern,
      "pattern_not_literal",
      "A pattern must be a literal text: one that comes from elsewhere could not be checked at build.",
    );
  }
  const { patternLength } = EXPRESSION_LIMITS;
  if (pattern.value.length > patternLength) {
    return lowerer.refuse(
      pattern,
      "pattern_refused",
      `The pattern is longer than ${patternLength} characters.`,
    );
  }
  lowerer.lowering.pattern(pattern.value, lowerer.source.spanOf(pattern.start, pattern.end));
  return lowerer.made({ kind: "matches", of, pattern: pattern.value }, call);
}

function isMacro(name: string): name is Comprehension["macro"] {
  return MACROS.includes(name);
}

function comprehension(
  lowerer: Lowerer,
  call: Call,
  macro: Comprehension["macro"],
  receiver: Syntax,
  locals: Locals,
): Expression {
  const over = lowerer.lower(receiver, locals);
  const [bound, ...rest] = call.arguments;
  const fits = rest.length === 1 || (macro === "map" && rest.length === 2);
  const last = rest.at(-1);
  if (bound?.kind !== "name" || !fits || last === undefined) {
    const form = macro === "map" ? "x, ..." : "x, x == ...";
    return lowerer.refuse(
      call,
      "bad_call",
      `\`${macro}\` takes a name and a ${macro === "map" ? "value" : "condition"}: \`list.${macro}(${form})\`.`,
    );
  }
  const taken = takenBy(lowerer, bound.name, locals);
  if (taken !== undefined) {
    lowerer.refuse(
      bound,
      "bad_name",
      `\`${bound.name}\` already is ${taken}; a second meaning would be misread.`,
      "Choose another name.",
    );
  }
  const within = [...locals, bound.name];
  const body = lowerer.lower(last, within);
  const [filter] = rest;
  const where =
    rest.length === 2 && filter !== undefined ? { where: lowerer.lower(filter, within) } : {};
  return lowerer.made({ kind: "comprehension", macro, over, as: bound.name, ...where, body }, call);
}

function takenBy({ lowering }: Lowerer, name: string, locals: Locals): string | undefined {
  if (locals.includes(name)) return "bound here";
  if (isVariable(name)) return "a variable";
  return lowering.defined.has(name) ? "a condition under `define`" : undefined;
}

/** A zone that comes from elsewhere would be opened anew on every call, which is slow. */
function refuseZone(lowerer: Lowerer, call: Call): boolean {
  const [zone, ...others] = call.arguments;
  if (zone?.kind === "literal" && typeof zone.value === "string" && others.length === 0)
    return false;
  if (zone === undefined || others.length > 0) {
    const { name } = call;
    lowerer.refuse(
      call,
      "bad_zone",
      `\`${name}\` takes one time zone.`,
      `Write \`request.time.${name}("Europe/Berlin")\`, or "UTC".`,
    );
  } else lowerer.refuse(zone, "bad_zone", "A time zone must be a literal text.");
  return true;
}

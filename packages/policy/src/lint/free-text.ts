import type { Expression } from "@interlatch/core";
import type { Judged } from "./judges.ts";
import type { LooseningAtom } from "./loosening.ts";
import { fieldRead } from "./reads.ts";

/** Something of the arguments that is tested. */
export interface TestedArgument {
  /** The argument that it is, or is a part of. */
  readonly name: string;
  /** What is tested, without what turns it into small letters. */
  readonly value: Expression;
}

/** The argument that a value comes from, through fields, items and macros; `undefined` for what is none. */
export function argumentOf(
  value: Expression,
  locals: LooseningAtom["locals"],
): TestedArgument | undefined {
  const plain = withoutCase(value);
  const name = nameOf(plain, locals);
  return name === undefined ? undefined : { name, value: plain };
}

function withoutCase(value: Expression): Expression {
  const [of] = value.kind === "call" && value.function === "lower" ? value.arguments : [];
  return of === undefined ? value : withoutCase(of);
}

function nameOf(value: Expression, locals: LooseningAtom["locals"]): string | undefined {
  if (value.kind === "local") {
    const over = locals.get(value.name);
    // What encloses a macro never binds its own name again.
    return over === undefined ? undefined : nameOf(over, without(locals, value.name));
  }
  const read = value.kind === "has" ? undefined : fieldRead(value);
  if (read?.of.kind === "variable") return read.of.name === "arguments" ? read.name : undefined;
  const of = value.kind === "field" || value.kind === "index" ? value.of : undefined;
  return of === undefined ? undefined : nameOf(of, locals);
}

function without(locals: LooseningAtom["locals"], name: string): LooseningAtom["locals"] {
  return new Map([...locals].filter(([bound]) => bound !== name));
}

/** Whether a value may be any text, for one of the tools: neither its values nor its form are named. */
export function isFreeText(value: Expression, { judges }: Judged): boolean {
  return judges.some((judge) => {
    const { kinds, values, isFormed } = judge.known(value);
    return kinds.has("string") && values === undefined && isFormed !== true;
  });
}

import type { SimpleTest } from "@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js";
import {
  getConformanceSuite,
  type IncrementalTestSuite,
} from "@bufbuild/cel-spec/testdata/tests.js";
import { equalValues } from "../../packages/core/src/evaluate/equality.ts";
import { isError, type Result, type Value } from "../../packages/core/src/evaluate/value.ts";
import { type Compiled, compileText, evaluateExpression } from "./evaluate.ts";
import { valueOf } from "./protobuf.ts";

/** The sections of the suite that say something about JSON; the others are extensions and protobuf. */
export const SECTIONS = [
  "basic",
  "comparisons",
  "conversions",
  "fields",
  "fp_math",
  "integer_math",
  "lists",
  "logic",
  "macros",
  "namespace",
  "parse",
  "plumbing",
  "string",
  "timestamps",
  "type_deductions",
] as const;

/** One test of the suite. */
export interface ConformanceTest {
  readonly section: string;
  /** The path of its name: `logic/AND/error_left`. */
  readonly name: string;
  readonly test: SimpleTest;
}

/** All tests of {@link SECTIONS}, in the order of the suite. */
export function conformanceTests(): readonly ConformanceTest[] {
  const chosen: readonly string[] = SECTIONS;
  return getConformanceSuite()
    .suites.filter(({ name }) => chosen.includes(name))
    .flatMap((section) => testsOf(section, section.name, section.name));
}

function testsOf(
  suite: IncrementalTestSuite,
  section: string,
  path: string,
): readonly ConformanceTest[] {
  return [
    ...suite.tests.map(({ name, original }) => ({
      section,
      name: `${path}/${name}`,
      test: original,
    })),
    ...suite.suites.flatMap((inner) => testsOf(inner, section, `${path}/${inner.name}`)),
  ];
}

/**
 * Runs one test through our parser, our IR and our closures.
 *
 * @returns why it does not pass, or `undefined`
 */
export async function failureOf({ test }: ConformanceTest): Promise<string | undefined> {
  const bindings = bindingsOf(test);
  if (bindings === undefined) return "a variable holds what is no JSON, or has a name with dots";
  // `dyn` is the identity: it only says to the type checker of CEL what ours takes for granted.
  const compiled = await compileText(test.expr.replace(/\bdyn\(/g, "("), Object.keys(bindings));
  const wanted = wantedOf(test);
  if (wanted === undefined) return "it asks for what is no JSON value, or for a type alone";
  if (!compiled.ok) {
    return wanted === "error" && !isLeftOut(compiled) ? undefined : `refused: ${compiled.message}`;
  }
  const result = evaluateExpression(compiled, bindings);
  if (wanted === "error")
    return isError(result) ? undefined : `gives ${shown(result)} and no error`;
  if (isError(result)) return `error: ${result.reason}`;
  const { value } = wanted;
  return equalValues(result, value, { left: Infinity }) === true
    ? undefined
    : `gives ${shown(result)}, not ${shown(value)}`;
}

/** A test that wants an error must not pass because we have no such literal or function at all. */
function isLeftOut({ code, message }: Extract<Compiled, { ok: false }>): boolean {
  return (
    code === "unsupported_literal" || code === "bad_zone" || / of CEL is left out /.test(message)
  );
}

function bindingsOf({ bindings, container }: SimpleTest): Record<string, Value> | undefined {
  const values: Record<string, Value> = {};
  for (const [name, { kind }] of Object.entries(bindings)) {
    const value = kind.case === "value" ? valueOf(kind.value) : undefined;
    // There are no namespaces, and so none to look a name up in.
    if (value === undefined || container !== "" || !/^\w+$/.test(name)) return undefined;
    values[name] = value;
  }
  return values;
}

function wantedOf({ resultMatcher }: SimpleTest): { readonly value: Value } | "error" | undefined {
  switch (resultMatcher.case) {
    case "evalError":
    case "anyEvalErrors":
      return "error";
    case "value":
      return wrapped(valueOf(resultMatcher.value));
    case "typedResult": {
      const { result } = resultMatcher.value;
      return result === undefined ? undefined : wrapped(valueOf(result));
    }
    case undefined:
      // The suite's short form for tests that give true.
      return { value: true };
    default:
      return undefined;
  }
}

function wrapped(value: Value | undefined): { readonly value: Value } | undefined {
  return value === undefined ? undefined : { value };
}

function shown(value: Result): string {
  return JSON.stringify(value);
}

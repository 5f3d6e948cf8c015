import {
  ENGINE,
  type EvaluationRequest,
  type Evaluator,
  type Expression,
  type FunctionName,
  type Policy,
  prepareEvaluator,
} from "@interlatch/core";
import type { DiagnosticCode } from "../diagnostics/diagnostic.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import type { Span } from "../yaml/source.ts";
import { TIME_PARTS } from "./vocabulary.ts";

/** A literal text that a function reads in a form of its own: a domain, a range, a zone, an instant. */
export interface LiteralUse {
  readonly function: FunctionName;
  readonly text: string;
  readonly at: Span;
}

/** What a function wants of its literal, and a first argument that every right literal gives an answer for. */
interface Demand {
  readonly code: DiagnosticCode;
  readonly what: string;
  readonly hint: string;
  readonly first?: Expression;
}

const ZONE: Demand = {
  code: "bad_zone",
  what: "time zone of the IANA database",
  hint: 'Write one like "Europe/Berlin", or "UTC".',
  first: { kind: "field", of: { kind: "variable", name: "request" }, name: "time" },
};

const DEMANDS: { readonly [name in FunctionName]?: Demand } = {
  ...Object.fromEntries(TIME_PARTS.map((part) => [part, ZONE])),
  timestamp: { code: "bad_time", what: "instant", hint: 'Write one like "2026-11-22T10:00:00Z".' },
  duration: { code: "bad_time", what: "duration", hint: 'Write one like "90m" or "1h30m".' },
  inDomain: {
    code: "bad_literal",
    what: "domain",
    hint: 'Write one like "acme.test"; its sub-domains are inside.',
    first: { kind: "literal", value: "acme.test" },
  },
  ipIn: {
    code: "bad_literal",
    what: "range of addresses",
    hint: 'Write one like "10.0.0.0/8".',
    first: { kind: "literal", value: "127.0.0.1" },
  },
  under: {
    code: "bad_literal",
    what: "absolute path without a star",
    hint: 'Write one like "/data/reports"; all below it is inside.',
    first: { kind: "literal", value: "/" },
  },
  glob: {
    code: "bad_literal",
    what: "glob of at most 512 characters",
    hint: "Write a shorter one.",
    first: { kind: "literal", value: "a" },
  },
};

/** Whether the literal argument of a function has a form of its own: its last one. */
export function readsLiteral(name: FunctionName): boolean {
  return DEMANDS[name] !== undefined;
}

/**
 * Reports literals that a function could never read: they would be an error on every call. The functions of the run
 * time are asked themselves, so that build and call agree about what is right.
 */
export async function checkLiterals(
  uses: readonly LiteralUse[],
  reporter: Reporter,
): Promise<void> {
  if (uses.length === 0) return;
  const evaluator = await prepareEvaluator(EMPTY_POLICY, { anyTemplate: true });
  const request = evaluator.request(EMPTY_CALL);
  const known = new Map<string, boolean>();
  for (const use of uses) {
    const demand = DEMANDS[use.function];
    if (demand === undefined) continue;
    const identity = `${use.function} ${use.text}`;
    const right = known.get(identity) ?? isRight(use, demand, evaluator, request);
    known.set(identity, right);
    if (right) continue;
    const message = `\`${shown(use.text)}\` is no ${demand.what}.`;
    reporter.error({ code: demand.code, at: use.at, message, hint: demand.hint });
  }
}

function isRight(
  use: LiteralUse,
  { first }: Demand,
  evaluator: Evaluator,
  request: EvaluationRequest,
): boolean {
  const text: Expression = { kind: "literal", value: use.text };
  const call: Expression = {
    kind: "call",
    function: use.function,
    arguments: first === undefined ? [text] : [first, text],
  };
  // A comparison with itself is a boolean whatever the function gives, and an error where the function errs.
  const expression: Expression = { kind: "compare", operator: "==", left: call, right: call };
  return evaluator.value({ kind: "expression", expression }, request) === true;
}

const TOOL = "any";

/** A policy with nothing in it but a tool to ask about. */
export const EMPTY_POLICY: Policy = {
  engine: ENGINE,
  id: "literals",
  mode: "enforce",
  agents: null,
  tools: {
    [TOOL]: { operation: "read", reversible: true, default: "deny", at: { file: "", line: 1 } },
  },
  facts: {},
  rules: [],
};

/** A call of its tool that says nothing. */
export const EMPTY_CALL: Parameters<Evaluator["request"]>[0] = {
  tool: TOOL,
  arguments: {},
  agent: { id: "build", roles: [] },
  user: undefined,
  tenant: undefined,
  session: "build",
  facts: {},
  time: 0,
  context: {},
};

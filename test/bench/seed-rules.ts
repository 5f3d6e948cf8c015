import * as bufbuild from "@bufbuild/cel";
import { prepareEvaluator, validatePolicy, type EvaluationRequest } from "@interlatch/core";
import { compilePolicy } from "@interlatch/policy";
import { Environment } from "@marcbachmann/cel-js";
import type { Figure } from "./goal.ts";
import { measure, nanoseconds, ratio, type Effort } from "./measure.ts";

const POLICY = `interlatch: 1
id: bench
tools:
  export_data:
    operation: write
    data: sensitive
    reversible: true
    arguments:
      type: object
      properties: { size: { type: integer, minimum: 1 } }
      required: [size]
    batch: { argument: size }
    default: allow
  external_api: { operation: egress, data: public }
  search_orders: { operation: read, data: internal, default: allow }
  read_customer: { operation: read, data: sensitive, default: allow }
  wipe_orders: { operation: delete, data: internal }
rules:
  - name: data_export_protection
    tool: [export_data]
    conditions:
      - agent.role != "admin"
      - data_type == "sensitive"
      - arguments.size > 1000
    action: human_review
    max_batch_size: 100
  - name: api_rate_limiting
    tool: [external_api]
    conditions: ['agent.function == "customer_service"']
    action: auto_approve
    rate_limit: 100 calls/minute
`;

const CALLS = 1024;
const EXPORT_CONDITION =
  'tool in ["export_data"] && agent.role != "admin" && data_type == "sensitive" && arguments.size > 1000.0';
const API_CONDITION = 'tool in ["external_api"] && agent.function == "customer_service"';

/** The seed's two tools, and three that only have a default. */
const DATA: Readonly<Record<string, string>> = {
  export_data: "sensitive",
  external_api: "public",
  search_orders: "internal",
  read_customer: "sensitive",
  wipe_orders: "internal",
};

interface Call {
  readonly request: EvaluationRequest;
  /** What a CEL engine is given. */
  readonly context: Record<string, unknown>;
  readonly role: string;
  readonly function: string;
}

/** A fixed stream of calls of both tools, by several agents, small and large. */
function makeCalls(): readonly Call[] {
  let seed = 7;
  const random = (): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  return Array.from({ length: CALLS }, () => {
    const tool = pick(Object.keys(DATA));
    const role = pick(["admin", "analyst", "support"]);
    const work = pick(["customer_service", "billing"]);
    const args = Object.freeze({ size: 1 + Math.floor(random() * 2500) });
    const agent = Object.freeze({ id: "a", roles: Object.freeze([role]), function: work });
    const request: EvaluationRequest = Object.freeze({
      tool,
      arguments: args,
      agent,
      user: undefined,
      tenant: "t",
      session: "s",
      facts: {},
      context: {},
      time: 1_800_000_000_000,
    });
    const context = {
      tool,
      arguments: args,
      agent: { role, function: work },
      data_type: DATA[tool],
    };
    return { request, context, role, function: work };
  });
}

/** What a careful team would write by hand for the same two rules: the check of the arguments and the clamp included. */
function byHand({ request: { tool, arguments: args, agent } }: Call): string {
  switch (tool) {
    case "export_data": {
      const size = args["size"];
      if (!Number.isSafeInteger(size) || (size as number) < 1) return "deny";
      for (const key in args) if (key !== "size") return "deny";
      const roles = agent["roles"] as readonly string[];
      if (!roles.includes("admin") && (size as number) > 1000) {
        clamped = { ...args, size: 100 };
        return "review";
      }
      return "allow";
    }
    case "external_api":
      return agent["function"] === "customer_service" ? "allow" : "deny";
    case "search_orders":
    case "read_customer":
      return "allow";
    default:
      return "deny";
  }
}
let clamped: object = {};

type Judge = (context: Record<string, unknown>) => unknown;

const DEFAULT_ALLOW = new Set(["export_data", "search_orders", "read_customer"]);

/**
 * The two rules in a CEL engine, each with the tools it is for, the effects and the clamp in JavaScript. No check
 * of the arguments, no account of the rules.
 */
function inCel(exported: Judge, api: Judge): (call: Call) => string {
  return ({ context, request }) => {
    if (exported(context) === true) {
      clamped = { ...request.arguments, size: 100 };
      return "review";
    }
    if (api(context) === true) return "allow";
    return DEFAULT_ALLOW.has(request.tool) ? "allow" : "deny";
  };
}

/** Decisions on the seed's two rules, a mixed stream, against hand-written JavaScript and two CEL engines. */
export async function seedRules(effort: Effort): Promise<readonly Figure[]> {
  const made = await compilePolicy({ files: [{ path: "bench.yaml", text: POLICY }] });
  if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));
  const evaluator = await prepareEvaluator(validatePolicy(made.policy));
  const marcbachmann = new Environment({ unlistedVariablesAreDyn: true });
  const environment = bufbuild.celEnv({});
  const plan = (text: string): Judge => {
    const run = bufbuild.plan(environment, bufbuild.parse(text));
    // Contexts hold JSON, which this engine takes as it is.
    return (context) => run(context as Parameters<typeof run>[0]);
  };
  const engines = new Map<string, (call: Call) => string>([
    ["hand-written", byHand],
    ["interlatch", ({ request }) => evaluator.evaluate(request).verdict.effect],
    [
      "@marcbachmann/cel-js",
      inCel(marcbachmann.parse(EXPORT_CONDITION), marcbachmann.parse(API_CONDITION)),
    ],
    ["@bufbuild/cel", inCel(plan(EXPORT_CONDITION), plan(API_CONDITION))],
  ]);
  const calls = makeCalls();
  for (const [name, decide] of engines) {
    const wrong = calls.find((call) => decide(call) !== byHand(call));
    if (wrong) throw new Error(`${name} decides ${JSON.stringify(wrong.context)} in another way`);
  }
  const candidates = [...engines].map(([name, decide]) => ({
    name,
    run: (index: number) => decide(calls[index % CALLS]!),
  }));
  const timings = await measure(candidates, effort);
  if (Object.keys(clamped).length === 0) throw new Error("nothing was clamped");
  const ns = (name: string): string => `${nanoseconds(timings, name).toFixed(0)} ns`;
  const ours = ns("interlatch");
  return [
    {
      what: "decision on the seed's rules",
      against: "hand-written JavaScript",
      value: ratio(timings, "interlatch", "hand-written"),
      unit: "×",
      goal: { atMost: 10 },
      tolerance: 0.1,
      note: `${ours} : ${ns("hand-written")}`,
    },
    ...(["@marcbachmann/cel-js", "@bufbuild/cel"] as const).map((peer): Figure => ({
      what: "same, how much faster",
      against: peer,
      value: ratio(timings, peer, "interlatch"),
      unit: "×",
      goal: { atLeast: peer === "@bufbuild/cel" ? 12 : 3 },
      tolerance: 0.1,
      note: `${ns(peer)} : ${ours}`,
    })),
  ];
}

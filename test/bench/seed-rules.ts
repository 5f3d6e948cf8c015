import * as bufbuild from "@bufbuild/cel";
import { prepareEvaluator, type EvaluationRequest, type Evaluator } from "@interlatch/core";
import { validatePolicy } from "@interlatch/core/build";
import { compilePolicy } from "@interlatch/policy";
import { Environment } from "@marcbachmann/cel-js";
import type { Figure } from "./goal.ts";
import { measure, nanoseconds, ratio, type Effort, type Timings } from "./measure.ts";
import { cedar, governanceToolkit, jsonRulesEngine, type PeerCall } from "./peers.ts";

/**
 * The seed's two rules and the one that goes before them in its story: what is never for an agent. `whole` adds what no
 * CEL engine does by itself: the check of the arguments and the clamp.
 */
const policyOf = (whole: boolean): string => `interlatch: 1
id: bench
tools:
  database_delete_table: { operation: delete, data: internal }
  http_get: { operation: egress, data: public }
  call_api: { operation: egress, data: internal }
  read_file: ${reading("sensitive", whole)}
  db_query: ${reading("sensitive", whole)}
  search: ${reading("public", whole)}
rules:
  - name: high_risk
    tool: [database_delete_table]
    action: block
  - name: data_export_protection
    tool: [read_file, db_query, search]
    conditions:
      - agent.role != "admin"
      - data_type == "sensitive"
      - arguments.size > 1000
    action: human_review${whole ? "\n    max_batch_size: 100" : ""}
  - name: api_rate_limiting
    tool: [http_get, call_api]
    conditions: ['agent.function == "customer_service"']
    action: auto_approve
    rate_limit: 100 calls/minute
`;

function reading(data: string, whole: boolean): string {
  const known = `
    operation: read
    data: ${data}
    default: allow`;
  if (!whole) return known;
  return `${known}
    batch: { argument: size }
    arguments:
      type: object
      properties: { size: { type: integer, minimum: 1 } }
      required: [size]`;
}

const CALLS = 1024;
const CONDITIONS = {
  risk: 'tool in ["database_delete_table"]',
  export:
    'tool in ["read_file", "db_query", "search"] && agent.role != "admin" && data_type == "sensitive" && arguments.size > 1000.0',
  api: 'tool in ["http_get", "call_api"] && agent.function == "customer_service"',
} as const;

const DATA: Readonly<Record<string, string>> = {
  database_delete_table: "internal",
  http_get: "public",
  call_api: "internal",
  read_file: "sensitive",
  db_query: "sensitive",
  search: "public",
};
const READING = new Set(["read_file", "db_query", "search"]);

interface Call {
  readonly request: EvaluationRequest;
  /** What a CEL engine is given. */
  readonly context: Record<string, unknown>;
  /** The same, flat. */
  readonly flat: PeerCall;
}

/** A fixed stream of calls of both tools, by several agents, small and large. */
function makeCalls(evaluator: Evaluator): readonly Call[] {
  let seed = 7;
  const random = (): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  return Array.from({ length: CALLS }, () => {
    const tool = pick(Object.keys(DATA));
    const role = pick(["admin", "analyst", "support"]);
    const work = pick(["customer_service", "billing"]);
    const args = Object.freeze({ size: 1 + Math.floor(random() * 2500) });
    const agent = Object.freeze({ id: "a", roles: Object.freeze([role]), function: work });
    const request = evaluator.request({
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
    const data_type = DATA[tool] ?? "";
    const context = { tool, arguments: args, agent: { role, function: work }, data_type };
    return { request, context, flat: { tool, role, function: work, data_type, size: args.size } };
  });
}

/** What a team would write by hand for the same rules. */
function byHand({ request: { tool, arguments: args, agent } }: Call): string {
  switch (tool) {
    case "read_file":
    case "db_query":
    case "search": {
      const roles = agent["roles"] as readonly string[];
      return !roles.includes("admin") && tool !== "search" && (args["size"] as number) > 1000
        ? "review"
        : "allow";
    }
    case "http_get":
    case "call_api":
      return agent["function"] === "customer_service" ? "allow" : "deny";
    default:
      return "deny";
  }
}

/** The same with the check of the arguments and the clamp. */
function wholeByHand(call: Call): string {
  const args = call.request.arguments;
  if (READING.has(call.request.tool)) {
    const size = args["size"];
    if (!Number.isSafeInteger(size) || (size as number) < 1) return "deny";
    for (const key in args) if (key !== "size") return "deny";
  }
  const effect = byHand(call);
  if (effect === "review") clamped = { ...args, size: 100 };
  return effect;
}
let clamped: object = {};

type Judge = (context: Record<string, unknown>) => unknown;

/** The three rules in a CEL engine, each with the tools it is for; the effects in JavaScript. */
function inCel(compile: (text: string) => Judge): (call: Call) => string {
  const [risk, exported, api] = [CONDITIONS.risk, CONDITIONS.export, CONDITIONS.api].map(compile);
  if (!risk || !exported || !api) throw new Error("there are three conditions");
  return ({ context, request }) => {
    if (risk(context) === true) return "deny";
    if (exported(context) === true) return "review";
    if (api(context) === true) return "allow";
    return READING.has(request.tool) ? "allow" : "deny";
  };
}

/**
 * How much faster than each peer a decision must be. Those that take microseconds are measured in the same rounds:
 * the ratio is what counts, and it must not be of two different moments of the machine.
 */
const PEERS = [
  { peer: "@marcbachmann/cel-js", goal: { atLeast: 3 }, tolerance: 0.1 },
  { peer: "@bufbuild/cel", goal: { atLeast: 12 }, tolerance: 0.1 },
  { peer: "@microsoft/agent-governance-sdk", goal: { atLeast: 20 }, tolerance: 0.1 },
  // Promises and the way into WebAssembly take more on a busy machine than arithmetic does: from 290 × to 440 × and
  // from 400 × to 560 × was seen.
  { peer: "json-rules-engine", goal: { atLeast: 300 }, tolerance: 0.2 },
  { peer: "@cedar-policy/cedar-wasm", goal: { atLeast: 400 }, tolerance: 0.2 },
] as const;

/** Decisions on the seed's rules, a mixed stream, against hand-written JavaScript and five policy engines. */
export async function seedRules(effort: Effort): Promise<readonly Figure[]> {
  const [plain, whole] = [await evaluatorOf(policyOf(false)), await evaluatorOf(policyOf(true))];
  const marcbachmann = new Environment({ unlistedVariablesAreDyn: true });
  const environment = bufbuild.celEnv({});
  const plan = (text: string): Judge => {
    const run = bufbuild.plan(environment, bufbuild.parse(text));
    // Contexts hold JSON, which this engine takes as it is.
    return (context) => run(context as Parameters<typeof run>[0]);
  };
  const effectBy =
    (evaluator: Evaluator) =>
    ({ request }: Call): string =>
      evaluator.evaluate(request).verdict.effect;
  const [toolkit, rulesEngine, wasm] = [governanceToolkit(), jsonRulesEngine(), cedar()];
  const engines = new Map<string, (call: Call) => string | Promise<string>>([
    ["hand-written", byHand],
    ["interlatch", effectBy(plain)],
    ["@marcbachmann/cel-js", inCel((text) => marcbachmann.parse(text))],
    ["@bufbuild/cel", inCel(plan)],
    ["@microsoft/agent-governance-sdk", ({ flat }) => toolkit(flat)],
    ["json-rules-engine", ({ flat }) => rulesEngine(flat)],
    ["@cedar-policy/cedar-wasm", ({ flat }) => wasm(flat)],
    ["hand-written, whole", wholeByHand],
    ["interlatch, whole", effectBy(whole)],
  ]);
  const calls = makeCalls(plain);
  for (const [name, decide] of engines) {
    for (const call of calls) {
      if ((await decide(call)) === byHand(call)) continue;
      throw new Error(`${name} decides ${JSON.stringify(call.context)} in another way`);
    }
  }
  const candidates = [...engines].map(([name, decide]) => ({
    name,
    run: (index: number) => decide(calls[index % CALLS]!),
  }));
  const timings = await measure(candidates, effort);
  if (Object.keys(clamped).length === 0) throw new Error("nothing was clamped");
  return figuresOf(timings);
}

function figuresOf(timings: Timings): readonly Figure[] {
  const ns = (name: string): string => `${nanoseconds(timings, name).toFixed(0)} ns`;
  const slower = (what: string, ours: string, hand: string): Figure => ({
    what,
    against: "hand-written JavaScript",
    value: ratio(timings, ours, hand),
    unit: "×",
    goal: { atMost: 10 },
    tolerance: 0.1,
    note: `${ns(ours)} : ${ns(hand)}`,
  });
  const faster = ({ peer, goal, tolerance }: (typeof PEERS)[number]): Figure => ({
    what: "same, how much faster",
    against: peer,
    value: ratio(timings, peer, "interlatch"),
    unit: "×",
    goal,
    tolerance,
    note: `${ns(peer)} : ${ns("interlatch")}`,
  });
  return [
    slower("decision on the seed's rules", "interlatch", "hand-written"),
    ...PEERS.map(faster),
    slower("same, with schema and clamp", "interlatch, whole", "hand-written, whole"),
  ];
}

async function evaluatorOf(text: string): Promise<Evaluator> {
  const made = await compilePolicy({ files: [{ path: "bench.yaml", text }] });
  if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));
  return prepareEvaluator(validatePolicy(made.policy));
}

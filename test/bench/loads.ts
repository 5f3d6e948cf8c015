import {
  memoryRollback,
  openTrustRoot,
  prepareEvaluator,
  type Policy,
  verifyBundle,
} from "@interlatch/core";
import { validatePolicy } from "@interlatch/core/build";
import "@interlatch/core/node";
import { compilePolicy, type PolicySource } from "@interlatch/policy";
import { parseDocument } from "yaml";
import { BEGIN, makeSigning, payloadOf } from "../signed.ts";
import { collector } from "./collect.ts";
import type { Figure } from "./goal.ts";
import { measure, median, nanoseconds, type Effort } from "./measure.ts";

const TOOLS = 100;
const RULES = 10_000;

/** Rules as people write them, two conditions each, over described arguments; in two files, for one may have 1 MiB. */
function filesOf(rules: number): readonly PolicySource[] {
  const tools = Array.from(
    { length: Math.min(TOOLS, rules) },
    (_, index) => `  tool_${index}:
    operation: write
    data: internal
    arguments:
      type: object
      properties: { amount: { type: number }, account: { type: string }, urgent: { type: boolean } }
      required: [amount, account]`,
  );
  const made = Array.from({ length: rules }, (_, index) => {
    const when =
      index % 2 === 0
        ? `arguments.amount > ${index % 500} && agent.role != "admin"`
        : `arguments.account.startsWith("DE${index % 90}") || !has(arguments.urgent)`;
    const action = ["allow", "review", "deny"][index % 3];
    return `  - { name: rule_${index}, tools: tool_${index % TOOLS}, when: '${when}', action: ${action} }`;
  });
  const half = Math.ceil(rules / 2);
  const head = `interlatch: 1\nid: loads\ntools:\n${tools.join("\n")}\nrules:\n`;
  return [
    { path: "loads.yaml", text: `${head}${made.slice(0, half).join("\n")}\n` },
    { path: "more.yaml", text: `interlatch: 1\nrules:\n${made.slice(half).join("\n")}\n` },
  ];
}

async function compiled(files: readonly PolicySource[]): Promise<Policy> {
  const made = await compilePolicy({ files });
  if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));
  return made.policy;
}

/** What it takes until a policy can decide: of ten thousand rules, as text, as built, and as a signed bundle. */
export async function loads({ short }: { readonly short: boolean }): Promise<readonly Figure[]> {
  const rounds = short ? 5 : 15;
  const files = filesOf(RULES);
  const ir = JSON.stringify(await compiled(files));
  return [
    await fromIr(ir, rounds),
    await heapOf(ir),
    await fromYaml(files, short ? 3 : 9),
    ...(await bundles({ rounds, sliceMs: short ? 40 : 120 })),
  ];
}

async function fromIr(ir: string, rounds: number): Promise<Figure> {
  const times: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const value: unknown = JSON.parse(ir);
    const start = performance.now();
    const evaluator = await prepareEvaluator(validatePolicy(value));
    const elapsed = performance.now() - start;
    if (evaluator.policy.rules.length !== RULES) throw new Error("rules are missing");
    if (round >= 0) times.push(elapsed);
  }
  return {
    what: `${RULES.toLocaleString("en")} rules, checked and made ready`,
    against: "",
    value: median(times),
    unit: "ms",
    goal: { atMost: 150 },
    tolerance: 0.25,
    note: `${(ir.length / 1_048_576).toFixed(1)} MB of JSON, parsed before`,
  };
}

async function heapOf(ir: string): Promise<Figure> {
  const collect = collector();
  collect();
  const before = process.memoryUsage().heapUsed;
  const evaluator = await prepareEvaluator(validatePolicy(JSON.parse(ir)));
  collect();
  const grown = (process.memoryUsage().heapUsed - before) / 1_048_576;
  // Read afterwards, so that it is still there when the heap is measured.
  if (evaluator.policy.rules.length !== RULES) throw new Error("rules are missing");
  return {
    what: "heap they take",
    against: "",
    value: grown,
    unit: "MB",
    goal: { atMost: 50 },
    tolerance: 0,
    note: "policy and evaluator, after a collection",
  };
}

async function fromYaml(files: readonly PolicySource[], rounds: number): Promise<Figure> {
  const timings: { yaml: number[]; ours: number[] } = { yaml: [], ours: [] };
  // The policy was compiled before, so both are warm.
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const documents = files.map(({ text }) => parseDocument(text));
    const middle = performance.now();
    const policy = await compiled(files);
    const end = performance.now();
    if (documents.some(({ errors }) => errors.length > 0) || policy.rules.length !== RULES)
      throw new Error("is refused");
    timings.yaml.push(middle - start);
    timings.ours.push(end - middle);
  }
  const { yaml, ours } = timings;
  const size = files.reduce((sum, { text }) => sum + text.length, 0);
  return {
    what: "the same from YAML, types checked",
    against: "parseDocument of yaml",
    value: median(ours.map((ms, round) => ms / (yaml[round] ?? Number.NaN))),
    unit: "×",
    goal: { atMost: 3 },
    tolerance: 0.1,
    note: `${median(ours).toFixed(0)} ms : ${median(yaml).toFixed(0)} ms, ${Math.round(size / 1024)} KB`,
  };
}

/** Signed bundles of two sizes, verified as a host does at start and at each reload, against reading them unverified. */
async function bundles(effort: Effort): Promise<readonly Figure[]> {
  const signing = await makeSigning();
  const { document, digest } = signing.trust;
  const trust = await openTrustRoot({ document, digest, now: BEGIN, rollback: memoryRollback() });
  const sized = async (bytes: number) => {
    const policy = await compiled(filesOf(rulesFor(bytes)));
    const envelope = new TextEncoder().encode(await signing.bundle(policy));
    const payload = JSON.stringify(payloadOf(policy));
    const load = () =>
      verifyBundle(envelope, {
        trust,
        audience: "test",
        now: BEGIN + 3_600_000,
        rollback: memoryRollback(),
      });
    return { payload, load };
  };
  const [small, large] = [await sized(10_240), await sized(1_048_576)];
  const warm = await measure([{ name: "10 KB", run: () => small.load() }], effort);
  const [verified, plain] = await taken(effort.rounds, large);
  return [
    {
      what: "verified load of a bundle of 10 KB, warm",
      against: "",
      value: nanoseconds(warm, "10 KB") / 1e6,
      unit: "ms",
      goal: { atMost: 1 },
      tolerance: 0.25,
      note: `${small.payload.length.toLocaleString("en")} bytes, one signature`,
    },
    {
      what: "verified load of a bundle of 1 MiB",
      against: "JSON.parse of what is signed",
      value: median(verified.map((ms, round) => ms / (plain[round] ?? Number.NaN))),
      unit: "×",
      goal: { atMost: 4 },
      tolerance: 0.25,
      note: `${median(verified).toFixed(1)} ms : ${median(plain).toFixed(1)} ms, ${large.payload.length.toLocaleString("en")} bytes`,
    },
  ];
}

/** Milliseconds of each verified load, and of each mere parsing beside it. */
async function taken(
  rounds: number,
  { payload, load }: { readonly payload: string; readonly load: () => Promise<unknown> },
): Promise<readonly [verified: readonly number[], plain: readonly number[]]> {
  const verified: number[] = [];
  const plain: number[] = [];
  for (let round = -WARM_ROUNDS; round < rounds; round++) {
    const start = performance.now();
    await load();
    const middle = performance.now();
    JSON.parse(payload);
    const end = performance.now();
    if (round < 0) continue;
    verified.push(middle - start);
    plain.push(end - middle);
  }
  return [verified, plain];
}

const WARM_ROUNDS = 5;

/** About so many bytes of payload. */
function rulesFor(bytes: number): number {
  const [fixed, each] = bytes < 100_000 ? [1_100, 560] : [31_000, 412];
  return Math.max(1, Math.round((bytes - fixed) / each));
}

import {
  inlineSource,
  memoryAudit,
  memoryRollback,
  type CallEvent,
  type Guard,
  type MemoryAudit,
} from "@interlatch/core";
import { createGuard } from "@interlatch/core/node";
import { aiSdk6, aiSdk7 } from "./ai-sdk.ts";
import { QUIET, type Signer } from "./bundle.ts";
import { CALLS, type ScriptedCall } from "./calls.ts";
import type { Checks } from "./checks.ts";
import type { Framework } from "./framework.ts";
import { langChain } from "./langchain.ts";
import { langGraph } from "./langgraph.ts";
import { makeTools } from "./tools.ts";

const FRAMEWORKS: readonly Framework[] = [langGraph, langChain, aiSdk6, aiSdk7];

/** What one framework made of one call: read from its audit log, its tools' counters and its model's prompt. */
interface Cell {
  readonly effect: string;
  readonly code: string;
  readonly rule: string | null;
  /** Calls and outcomes in the log. */
  readonly records: number;
  readonly runs: number;
  readonly answer: string;
}

/** A framework at work: a guard and a log of its own, over the one bundle. */
interface Stand {
  readonly framework: Framework;
  readonly guard: Guard;
  readonly audit: MemoryAudit;
}

/** What came of {@link frameworksAgree}. */
export interface Agreement {
  /** The log of each framework's guard. */
  readonly audits: readonly MemoryAudit[];
  /** What the model read as each call's answer in the first framework, by call id. */
  readonly answers: ReadonlyMap<string, string>;
}

/**
 * Sends every call through every framework's own loop and holds the answers against each other: one bundle must
 * decide the same in all of them, and a tool that was not allowed must not have run.
 */
export async function frameworksAgree(
  bundle: string,
  trust: Signer["trust"],
  checks: Checks,
): Promise<Agreement> {
  const stands: Stand[] = [];
  for (const framework of FRAMEWORKS) {
    const audit = memoryAudit();
    const source = inlineSource(bundle);
    const rollback = memoryRollback();
    const guard = await createGuard({
      bundle: source,
      trust,
      audience: "demo",
      rollback,
      audit,
      logger: QUIET,
    });
    stands.push({ framework, guard, audit });
  }
  const digests = new Set(stands.map(({ guard }) => guard.status().bundle?.digest));
  checks.expect(digests.size === 1, `one bundle in four guards: ${[...digests][0]?.slice(0, 16)}…`);
  checks.note(header());
  const answers = new Map<string, string>();
  for (const call of CALLS) {
    const cells: Cell[] = [];
    for (const stand of stands) cells.push(await runCall(stand, call));
    answers.set(call.id, cells[0]?.answer ?? "");
    checks.expect(agrees(call, cells), row(call, cells, checks), difference(call, cells));
  }
  return { audits: stands.map(({ audit }) => audit), answers };
}

async function runCall({ framework, guard, audit }: Stand, call: ScriptedCall): Promise<Cell> {
  const box = makeTools();
  const before = audit.records.length;
  const answer = await framework.run(guard, guard.for(call.who), call, box);
  const records = audit.records.slice(before);
  const decided = records.find(
    (record): record is typeof record & CallEvent => record.type === "call",
  );
  return {
    effect: decided?.effect ?? "none",
    code: decided?.code ?? "none",
    rule: decided?.rule ?? null,
    records: records.length,
    runs: [...box.runs.values()].reduce((sum, count) => sum + count, 0),
    answer,
  };
}

function agrees({ expect }: ScriptedCall, cells: readonly Cell[]): boolean {
  return cells.every(
    ({ effect, code, rule, records, runs, answer }) =>
      effect === expect.effect &&
      code === expect.code &&
      rule === expect.rule &&
      runs === expect.runs &&
      records === 2 &&
      answer.includes(expect.answer),
  );
}

const WIDTHS = { title: 36, decision: 25, cell: 10 } as const;

function header(): string {
  const names = FRAMEWORKS.map(({ name }) => name.padEnd(WIDTHS.cell)).join("");
  return `  ${"call".padEnd(WIDTHS.title)}${"decision".padEnd(WIDTHS.decision)}${names}`.trimEnd();
}

function row(call: ScriptedCall, cells: readonly Cell[], checks: Checks): string {
  // From the first framework's log. Where another one's says something else, the line is marked and all are shown.
  const { effect = "none", code = "none" } = cells[0] ?? {};
  const ran = cells.map(({ runs }) =>
    (runs === 0 ? "blocked" : `ran ${runs}×`).padEnd(WIDTHS.cell),
  );
  const style = effect === "allow" ? "green" : "yellow";
  const decision = checks.paint(style, `${effect} ${code}`.padEnd(WIDTHS.decision));
  return `${call.title.padEnd(WIDTHS.title)}${decision}${ran.join("").trimEnd()}`;
}

function difference(call: ScriptedCall, cells: readonly Cell[]): string {
  const wrong = cells.map((cell, index) => ({ framework: FRAMEWORKS[index]?.name, ...cell }));
  return `\n    wanted ${JSON.stringify(call.expect)}\n${wrong.map((cell) => `    got    ${JSON.stringify(cell)}`).join("\n")}`;
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { verifyAudit } from "../../packages/core/src/audit/verify.ts";
import type { AuditReport } from "../../packages/core/src/audit/report.ts";
import { fileAudit } from "../../packages/core/src/node/file-audit.ts";
import { recordOf } from "./events.ts";

const WRITER = fileURLToPath(new URL("writer.ts", import.meta.url));

/** What one kill left behind. */
export interface Kill {
  readonly acknowledged: number;
  /** Evaluations that were acknowledged and are not in the log. */
  readonly lost: readonly string[];
  /** The report on the log after it was opened again. */
  readonly report: AuditReport;
}

/**
 * Lets a process write the log, kills it without warning (SIGKILL) when it has acknowledged some calls,
 * opens the log again and looks for every acknowledged call. A log that is there is continued.
 *
 * This shows what the death of a process leaves; the death of a machine it cannot show.
 */
export async function killWriter(path: string, after: number): Promise<Kill> {
  const child = spawn(process.execPath, ["--conditions=@interlatch/source", WRITER, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const acknowledged: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(line);
    if (acknowledged.length === after) child.kill("SIGKILL");
  }
  const [code, signal] = await ended;
  if (signal !== "SIGKILL")
    throw new Error(`the writer ended by itself: ${String(code ?? signal)}`);
  const audit = fileAudit(path);
  await audit.close();
  const text = readFileSync(path, "utf8");
  const kept = new Set(
    text
      .trimEnd()
      .split("\n")
      .map((line) => evaluationOf(line)),
  );
  const lost = acknowledged.filter((evaluation) => !kept.has(evaluation));
  return { acknowledged: acknowledged.length, lost, report: verifyAudit(text) };
}

function evaluationOf(line: string): string | null {
  const record = recordOf(line);
  return record.type === "call" ? record.evaluation : null;
}

/** Kills many times over, ten times into one log. Prints a line for each log; throws at the first loss. */
async function main(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "interlatch-kill-"));
  let acknowledged = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const path = join(folder, `${Math.floor(round / 10)}.jsonl`);
      const kill = await killWriter(path, 1 + Math.floor(Math.random() * 500));
      acknowledged += kill.acknowledged;
      const fault = kill.report.fault?.message ?? null;
      if (kill.lost.length > 0 || fault !== null) {
        throw new Error(`round ${round}: lost ${kill.lost.length}; ${fault ?? "the log verifies"}`);
      }
      if (round % 10 === 9 || round === rounds - 1) {
        const { records, gaps } = kill.report;
        console.log(`${round + 1} kills; last log: ${records} records, ${gaps} gaps, verified`);
      }
    }
    console.log(`${acknowledged} calls acknowledged, 0 lost`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(process.argv.includes("--short") ? 10 : 1_000);
}

import { writeSync } from "node:fs";
import { fileAudit } from "../../packages/core/src/node/file-audit.ts";
import { call, outcome } from "./events.ts";

/**
 * Writes calls and outcomes into the log named on the command line until it is killed. A line on standard
 * output names each call that was acknowledged, written in one piece right after the acknowledgement.
 */
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("Usage: node writer.ts LOG");
const audit = fileAudit(path);

async function caller(lane: number): Promise<never> {
  for (let n = 0; ; n += 1) {
    const evaluation = `${process.pid}-${lane}-${n}`;
    await audit.append(call(n, { evaluation }), { durable: true });
    writeSync(1, `${evaluation}\n`);
    void audit.append(outcome(n, { evaluation }), { durable: false });
  }
}

await Promise.all([caller(0), caller(1), caller(2), caller(3)]);

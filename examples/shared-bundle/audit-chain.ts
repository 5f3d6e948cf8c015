import { verifyAudit, type MemoryAudit } from "@interlatch/core";
import type { Checks } from "./checks.ts";

/** Verifies the chain of a log, edits one record, and verifies again. */
export function auditChain(audits: readonly MemoryAudit[], checks: Checks): void {
  for (const audit of audits.slice(0, 1)) {
    const lines = audit.lines();
    const whole = verifyAudit(lines);
    checks.expect(
      whole.ok,
      `the log as written: ${whole.records} records, ${whole.calls} calls, each with its outcome`,
    );
    const edited = lines.map((line) => line.replace('"code":"rule_denied"', '"code":"allowed"'));
    const { ok, fault } = verifyAudit(edited);
    checks.expect(
      !ok && fault !== null,
      `the same log with a denial made an approval: fault at line ${fault?.line}, ${fault?.kind}`,
    );
    const shorter = verifyAudit(lines.slice(0, -2), { expectHead: audit.head });
    checks.expect(!shorter.ok, `the same log without its end: ${shorter.fault?.kind}`);
  }
}

import type { AuditFaultKind } from "./report.ts";
import type { AuditRecord, CallEvent } from "./record.ts";

/** A call that is not over, and where it stands. */
export interface OpenCall {
  readonly evaluation: string;
  readonly call: string | null;
  readonly tool: string;
  readonly line: number;
  readonly seq: number;
  /** Whether the record permits the tool to run. */
  readonly mayRun: boolean;
}

/** A fault without its place. */
export interface Finding {
  readonly kind: AuditFaultKind;
  readonly message: string;
}

/**
 * Puts calls and their outcomes together. Keeps the name of every evaluation it has seen, some 60 bytes
 * for each call: a reuse may lie anywhere in the log.
 */
export class Pairing {
  readonly #partial: boolean;
  readonly #open = new Map<string, OpenCall>();
  readonly #over = new Set<string>();
  #unpaired = 0;

  constructor(partial: boolean) {
    this.#partial = partial;
  }

  /** Calls without outcome or gap so far, oldest first. */
  get open(): readonly OpenCall[] {
    return [...this.#open.values()];
  }

  /** Outcomes and gaps that came without a call, where that is permitted. */
  get unpaired(): number {
    return this.#unpaired;
  }

  /** Takes the next record; returns what is wrong with it. */
  take(record: AuditRecord, line: number): Finding | null {
    switch (record.type) {
      case "start":
        return null;
      case "call":
        return this.#begin(record, record.seq, line);
      case "outcome":
        return this.#end(record, record.outcome !== "blocked");
      case "gap":
        return this.#end(record, false);
    }
  }

  #begin(event: CallEvent, seq: number, line: number): Finding | null {
    const { evaluation, call, tool, effect, approval } = event;
    if (this.#open.has(evaluation) || this.#over.has(evaluation)) {
      return { kind: "evaluation_reused", message: "an earlier call carries the same evaluation" };
    }
    const mayRun = effect === "allow" || (effect === "review" && approval !== undefined);
    this.#open.set(evaluation, { evaluation, call, tool, line, seq, mayRun });
    return null;
  }

  #end(
    end: { readonly evaluation: string; readonly call: string | null; readonly tool: string },
    ran: boolean,
  ): Finding | null {
    const begun = this.#open.get(end.evaluation);
    if (begun === undefined) return this.#endWithoutCall(end.evaluation);
    if (begun.tool !== end.tool || begun.call !== end.call) {
      return {
        kind: "mismatched_outcome",
        message: `it names another tool or call id than its call, record ${begun.seq}`,
      };
    }
    if (ran && !begun.mayRun) {
      return {
        kind: "denied_but_executed",
        message: `the tool ran, and its call, record ${begun.seq}, was not permitted`,
      };
    }
    this.#open.delete(end.evaluation);
    this.#over.add(end.evaluation);
    return null;
  }

  #endWithoutCall(evaluation: string): Finding | null {
    if (this.#over.has(evaluation)) {
      return { kind: "second_outcome", message: "its call is over already" };
    }
    if (!this.#partial) return { kind: "orphan_outcome", message: "no call comes before it" };
    this.#over.add(evaluation);
    this.#unpaired += 1;
    return null;
  }
}

import { policyOf } from "../../../test/policies.ts";
import { isDenial } from "../src/fallback/denial.ts";
import type { Approval, Reviewer } from "../src/approvals/approval.ts";
import type { ApprovalAnswer, ApprovalResult } from "../src/approvals/answers.ts";
import type { CallInput, RunOptions } from "../src/guard/guard.ts";
import type { Identity } from "../src/guard/identity.ts";
import type { Policy, ReviewDemand, Rule } from "../src/policy/ir.ts";
import { testGuard, type TestGuard, type TestGuardOptions } from "../src/testing/index.ts";

/** A reviewer as most rules ask for one. */
export const ANN: Reviewer = { id: "ann", groups: ["reviewer"] };
export const BOB: Reviewer = { id: "bob", groups: ["reviewer"] };

const MINUTE = 60_000;

/** A demand; what is not given is what a rule has that says nothing. */
export function demand(parts: Partial<ReviewDemand> = {}): ReviewDemand {
  return { by: ["reviewer"], quorum: 1, expiresMs: 15 * MINUTE, ...parts };
}

/** A policy whose one tool is always reviewed. */
export function asking(
  review?: Partial<ReviewDemand>,
  more: readonly (Partial<Rule> & Pick<Rule, "action">)[] = [],
): Policy {
  const rule = { name: "ask", action: "review" } as const;
  return policyOf({
    rules: [review === undefined ? rule : { ...rule, review: demand(review) }, ...more],
  });
}

/** What a call is, beside the tool. */
export interface CallParts {
  readonly id?: string;
  readonly args?: object;
  readonly identity?: Partial<Identity>;
}

/** A guard under review: calls that are run, opened and answered. */
export class Scene {
  readonly guard: TestGuard;
  /** The arguments of each execution, in order. */
  readonly ran: unknown[] = [];

  private constructor(guard: TestGuard) {
    this.guard = guard;
  }

  static async of(policy: Policy, options: TestGuardOptions = {}): Promise<Scene> {
    return new Scene(await testGuard(policy, options));
  }

  input({ id = "c1", args = { n: 1 }, identity = {} }: CallParts = {}): CallInput {
    return { ticket: this.guard.ticket(identity), id, tool: "tool", arguments: args };
  }

  /** `ran`, or the code of the denial. */
  async run(
    parts: CallParts = {},
    options: RunOptions<never> = { reviews: true },
  ): Promise<string> {
    const made: unknown = await this.guard.run(
      this.input(parts),
      (args: unknown) => {
        this.ran.push(args);
        return "ran";
      },
      options,
    );
    return isDenial(made) ? made.decision.code : String(made);
  }

  /** The approval of a call that is opened. */
  async open(parts: CallParts = {}): Promise<Approval> {
    const [opened] = await this.guard.open([this.input(parts)], { reviews: true });
    if (opened?.approval === undefined) throw new Error(`not asked: ${opened?.decision.code}`);
    return opened.approval;
  }

  /** The code of the denial of a call that is opened; the state of its approval otherwise. */
  async openedAs(parts: CallParts = {}): Promise<string> {
    const [opened] = await this.guard.open([this.input(parts)], { reviews: true });
    return opened?.denial?.decision.code ?? opened?.approval?.state ?? "neither";
  }

  async answer(
    { id, digest }: Pick<Approval, "id" | "digest">,
    reviewer: Reviewer = ANN,
    answer: Partial<ApprovalAnswer> = {},
  ): Promise<ApprovalResult> {
    return this.guard.approvals.decide({ id, digest, reviewer, answer: "approve", ...answer });
  }

  /** `ok`, or why the answer was not taken. */
  async answered(...given: Parameters<Scene["answer"]>): Promise<string> {
    const result = await this.answer(...given);
    return result.ok ? "ok" : result.code;
  }
}

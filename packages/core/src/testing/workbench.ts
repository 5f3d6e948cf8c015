import { memoryAudit } from "../audit/memory.ts";
import type { Decision } from "../decision/decision.ts";
import { createTracer, type Trace } from "../evaluate/trace.ts";
import { assembleGuard } from "../guard/assemble.ts";
import { type LoadedBundle, BundleKeeper, prepareBundle } from "../guard/bundles.ts";
import { Emitter } from "../guard/emitter.ts";
import type { Guard } from "../guard/guard.ts";
import type { Identity } from "../guard/identity.ts";
import { judge, nameOf } from "../guard/judge.ts";
import type { OnReview } from "../guard/review.ts";
import { createTickets } from "../guard/tickets.ts";
import { loadParts, TEMPLATE_PARTS } from "../parts/load.ts";
import type { Policy } from "../policy/ir.ts";
import { validatePolicy } from "../policy/validate.ts";
import type { ProfileExplanation } from "../scopes/explain.ts";
import { SessionMemory } from "../sessions/memory.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { payloadOf } from "./test-guard.ts";

/** A call to be judged on a {@link Workbench}: what, by whom, when. */
export interface TrialCall {
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly identity: Identity;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Whether its session has read untrusted content. Default: no. */
  readonly untrusted?: boolean;
}

/** What a policy says of a call, and the means to ask why. */
export interface Trial {
  /** As if nothing had been counted before. */
  readonly decision: Decision;
  /** The values of conditions for this call; `null` where the arguments could not be read. */
  readonly trace: Trace | null;
  /** How each profile of the policy took part; `null` where it has none, or the scope was not reached. */
  profiles(): readonly ProfileExplanation[] | null;
}

/** A policy made ready once, to be asked about many calls that know nothing of each other. */
export interface Workbench {
  readonly policy: Policy;
  /**
   * Judges one call.
   *
   * @throws ERR_IDENTITY for an identity that no guard takes
   */
  judge(call: TrialCall): Trial;
  /** A guard that has counted nothing and remembers nothing, over the same compiled policy. Cheap. */
  guard(options: {
    /** Epoch milliseconds. */
    readonly clock: () => number;
    readonly onReview?: OnReview;
  }): Promise<Guard>;
}

/**
 * Makes a policy that nobody signed ready to be tested and explained. What it says is what it would enforce, also
 * where its mode is `shadow`.
 *
 * @param policy - what `compilePolicy` of `@interlatch/policy` gave
 * @throws ERR_BUNDLE_POLICY for a policy that this engine does not run
 *
 * @example
 * ```ts
 * import type { Policy } from "@interlatch/core";
 * import { workbench } from "@interlatch/core/testing";
 * declare const policy: Policy;
 * const { judge } = await workbench(policy);
 * const identity = { agent: { id: "a1", roles: ["clerk"] } };
 * const { decision } = judge({ tool: "refund", arguments: { amount: 7 }, identity, time: 0 });
 * console.log(decision.effect, decision.code);
 * ```
 */
export async function workbench(policy: Policy): Promise<Workbench> {
  const enforced: Policy = { ...validatePolicy(policy), mode: "enforce" };
  const bundle = await prepareBundle(payloadOf(enforced, 1), "test", 0);
  const tracer = createTracer(await loadParts(enforced, TEMPLATE_PARTS));
  const tickets = createTickets();
  const [quiet, tainted] = [new SessionMemory(), new SessionMemory()];
  return {
    policy: enforced,
    judge({ tool, arguments: args, identity, time, untrusted = false }) {
      const ticket = tickets.issue({ session: "test", ...identity }, {});
      const call = { ticket, id: "test", tool, arguments: args };
      const run = tickets.find(ticket);
      if (untrusted && run !== undefined) tainted.sawResult(run.sessionKey);
      const sessions = untrusted ? tainted : quiet;
      const { decision, request } = judge(call, nameOf(call), {
        tickets,
        bundle,
        sessions,
        stop: null,
        now: time,
      });
      if (request === null) return { decision, trace: null, profiles: () => null };
      const profiles = (): ReturnType<Trial["profiles"]> => bundle.evaluator.explainScope(request);
      return { decision, trace: tracer(request), profiles };
    },
    guard: ({ clock, onReview }) => guardOver(bundle, clock, onReview),
  };
}

async function guardOver(
  bundle: LoadedBundle,
  clock: () => number,
  onReview: OnReview | undefined,
): Promise<Guard> {
  const keeper = new BundleKeeper(() => Promise.resolve(bundle), {
    loaded: () => undefined,
    rejected: () => undefined,
  });
  await keeper.reload();
  const emitter = new Emitter((error) => {
    throw error;
  });
  return assembleGuard(keeper, emitter, {
    audit: memoryAudit({ now: clock }),
    clock,
    ...(onReview === undefined ? {} : { onReview }),
  });
}

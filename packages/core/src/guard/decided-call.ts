import type { DecidedCall } from "./events.ts";
import type { Judged } from "./judge.ts";

/** A decided call with all that its decision was made of. */
export function decidedCall({ time, id, tool, asked, run, decision }: Judged): DecidedCall {
  const whole = { time, call: id, tool, asked: asked?.image ?? null, decision };
  if (run === null) return { ...whole, identity: null };
  const { agent, delegation, user, tenant, session, facts, context } = run;
  return {
    ...whole,
    identity: {
      agent,
      ...(delegation.length === 0 ? {} : { delegation }),
      ...(user === undefined ? {} : { user }),
      ...(tenant === undefined ? {} : { tenant }),
      session,
      facts,
      context,
    },
  };
}

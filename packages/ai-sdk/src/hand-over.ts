import { DECISION_CODES, isInterlatchError, type CallInput } from "@interlatch/core";
import type { Bond } from "./bond.ts";
import { noteEnd } from "./end.ts";

/**
 * Decides and records a call that leaves for where no guard is: the client, or code that stands in place of the guarded
 * tool. Gives the words for the model where it must not go, and `null` where it may.
 */
export async function handOver(call: CallInput, bond: Bond): Promise<string | null> {
  const reviews =
    bond.conversation === null ? {} : ({ reviews: "opened", reviewTimeout: 0 } as const);
  try {
    return await bond.guard.run<null, string>(
      call,
      (_arguments, { decision }) => {
        // Over there it would run with what the model wrote, and not with what was judged.
        if (decision.rewrites.length > 0) throw new Error("the arguments cannot be changed there");
        return null;
      },
      {
        denied: (denial) => {
          noteEnd(call.id, denial, bond);
          return denial.message;
        },
        ...reviews,
      },
    );
  } catch (error) {
    if (isInterlatchError(error, "ERR_DENIED")) return error.message;
    return DECISION_CODES.obligation_failed.model;
  }
}

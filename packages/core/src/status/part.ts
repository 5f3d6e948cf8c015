import { ownOptions } from "../bundle/own-options.ts";
import { InterlatchError } from "../errors/errors.ts";
import type { LoadedBundle } from "../guard/bundles.ts";
import type { Guard } from "../guard/guard.ts";
import type { StopCheck } from "../guard/parts.ts";
import { watchSource } from "../guard/watch.ts";
import { mayCome, StatusKeeper, type StatusParts } from "./keeper.ts";
import type { StatusOptions } from "./options.ts";

/** The status of a guard, as the guard uses it. */
export interface GuardedStatus {
  /** Asked at every call. */
  readonly stop: StopCheck;
  /** Refuses a bundle that the status does not name. */
  admit(bundle: LoadedBundle): void;
  /** Whether the bundle that was refused may be followed by one that the status names: then a guard starts all the same. */
  mayCome(error: unknown): boolean;
  /** The guard with the status among its health, read by `refresh`, left at its end. */
  join(guard: Guard): Guard;
  close(): void;
}

/**
 * Starts to keep a status.
 *
 * @throws ERR_OPTIONS; and what `verifyStatus` throws, for a status that is not valid
 */
export async function openStatus(given: StatusOptions, parts: StatusParts): Promise<GuardedStatus> {
  const options = ownOptions(given);
  checkOptions(options);
  const keeper = new StatusKeeper(options, parts);
  // Before the first look: a status that arrives while it runs would otherwise wait for the next.
  const unwatch = watchSource(options.source, () => keeper.renew(), parts.logger);
  const close = (): void => {
    keeper.close();
    unwatch();
  };
  try {
    await keeper.start();
  } catch (error) {
    close();
    throw error;
  }
  return {
    stop: (call, run, bundle) => keeper.stop(call, run, bundle),
    admit: (bundle) => keeper.admit(bundle),
    mayCome,
    close,
    join: (guard) => ({
      ...guard,
      status: () => ({
        ...guard.status(),
        statusDocument: keeper.health,
        lastStatusError: keeper.lastError,
      }),
      refresh: async () => {
        // The status first: it says which bundle may take over.
        await keeper.refresh();
        await guard.refresh();
      },
    }),
  };
}

function checkOptions({ source, staleMode = "reads", pollSeconds = 60 }: StatusOptions): void {
  const faults: readonly (readonly [boolean, string])[] = [
    [typeof source?.read !== "function", "source is missing"],
    [!["reads", "deny"].includes(staleMode), "staleMode is `reads` or `deny`"],
    // Written so that NaN is no number of seconds.
    [!(pollSeconds >= 1 && pollSeconds <= 3_600), "pollSeconds is a number from 1 to 3600"],
  ];
  const wrong = faults.find(([isWrong]) => isWrong)?.[1];
  if (wrong !== undefined) throw new InterlatchError("ERR_OPTIONS", `status: ${wrong}.`);
}

import { resolve as absolute } from "node:path";
import type { Surroundings } from "../command.ts";
import { CONFIG_FILE } from "../config.ts";
import { deferred, repeatOnChange } from "../watching.ts";
import { save } from "./save.ts";
import type { DevSession } from "./session.ts";

/** The saves of a session, one at a time. */
export interface Saves {
  /** Settles when the first good bundle is there; rejects when a save failed by a defect. */
  readonly first: Promise<void>;
  /** Rejects when a save failed by a defect; never settles otherwise. */
  readonly failed: Promise<never>;
  /** How many were signed, and how many were not. */
  readonly counts: { readonly signed: number; readonly refused: number };
  stop(): void;
}

/** Saves once, and again whenever the config or one of the files it names is another. */
export function watchSaves(
  session: DevSession,
  configFile: string | undefined,
  surroundings: Surroundings,
): Saves {
  const { io, output } = surroundings;
  const counts = { signed: 0, refused: 0 };
  const { promise: first, resolve: begin } = deferred<void>();
  const config = absolute(io.cwd, configFile ?? CONFIG_FILE);
  const { failed, stop } = repeatOnChange(
    { files: [config], folders: [] },
    async (watch) => {
      const version = await save(session, configFile, watch, surroundings);
      counts[version === null ? "refused" : "signed"] += 1;
      if (version !== null) begin();
    },
    output,
  );
  return { first: Promise.race([first, failed]), failed, counts, stop };
}

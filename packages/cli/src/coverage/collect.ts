import { pathToFileURL } from "node:url";
import type { CoverageEntry, Guard } from "@interlatch/core";

/**
 * The program of a process of its own: imports a module and tells the coverage of every guard that was made while it
 * was imported. `createGuard` finds the list by its symbol.
 */
const guards: Pick<Guard, "coverage">[] = [];
Object.assign(globalThis, { [Symbol.for("interlatch.guards")]: guards });

/** What this process sends. */
export type Collected =
  | { readonly guards: readonly (readonly CoverageEntry[])[] }
  | { readonly error: string };

async function collect(path: string): Promise<Collected> {
  try {
    await import(pathToFileURL(path).href);
    // A guard that was begun at the top level and is not awaited there reads its files yet.
    for (let turns = 0; guards.length === 0 && turns < PATIENCE_TURNS; turns++) await aMoment();
    return { guards: guards.map((guard) => guard.coverage()) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

const PATIENCE_TURNS = 200;

function aMoment(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 10));
}

void collect(process.argv[2] ?? "").then((collected) =>
  // The module may have begun what would keep the process alive.
  process.send?.(collected, () => process.exit(0)),
);

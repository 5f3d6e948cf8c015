import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Work } from "./process.ts";

/** A process over the stores of a place. */
export interface Started {
  /** The next thing that it prints. */
  next(): Promise<unknown>;
  /** Ends it as a loss of power would, and waits until it is gone. */
  kill(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("process.ts", import.meta.url));

/** Starts a process of its own; see `process.ts` for what it prints. */
export function startProcess(work: Work): Started {
  const words = ["--conditions=@interlatch/source", "--no-warnings", PROGRAM, JSON.stringify(work)];
  const child: ChildProcess = spawn(process.execPath, words, {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  if (child.stdout === null) throw new Error("the process has no output");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error("the process has ended");
      return JSON.parse(value) as unknown;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

import { text } from "node:stream/consumers";
import { askSecret } from "./ask-secret.ts";

/** The part of a stream that is written to; `process.stdout` is one. */
export interface Stream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** All that a command touches of its surroundings but for files, so that it can be run without a process. */
export interface Io {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here. Absolute. */
  readonly cwd: string;
  /** Epoch milliseconds. */
  now(): number;
  /** Asks for a secret without showing it. Absent: there is nobody to ask. */
  askSecret?(question: string): Promise<string>;
  /** All of standard input. Absent: there is none. */
  readInput?(): Promise<string>;
  /** Ends a command that runs until it is told to stop. Absent: nothing does. */
  readonly signal?: AbortSignal;
}

/** The surroundings of this process. Its `signal` follows Ctrl-C and `SIGTERM` from the first time it is read. */
export function processIo(): Io {
  const { stdout, stderr, stdin, env } = process;
  let stopping: AbortController | undefined;
  return {
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
    now: Date.now,
    readInput: () => text(stdin),
    ...(stdin.isTTY ? { askSecret: (question: string) => askSecret(question, stdin, stderr) } : {}),
    get signal() {
      stopping ??= stopOnSignals();
      return stopping.signal;
    },
  };
}

/** The second Ctrl-C does what it always does: whoever presses it twice does not want to wait. */
function stopOnSignals(): AbortController {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
  return controller;
}

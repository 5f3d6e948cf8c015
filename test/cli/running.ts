import { run } from "@interlatch/cli";
import { NOW, type Workplace } from "./command-line.ts";

/** A command that goes on until it is stopped. */
export interface Running {
  /** Settles when standard error has said this, from `from` on. */
  says(words: string, from?: number): Promise<void>;
  /** How much it has said on standard error. */
  position(): number;
  /** As Ctrl-C does. */
  stop(): void;
  /** Its exit code. */
  readonly ended: Promise<number>;
  readonly output: { readonly stdout: string; readonly stderr: string };
}

/** Starts a command in the folder of a workplace. */
export function startCommand(
  { folder }: Workplace,
  argv: readonly string[],
  {
    now = () => NOW,
    isTTY = false,
  }: { readonly now?: () => number; readonly isTTY?: boolean } = {},
): Running {
  const controller = new AbortController();
  const output = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  const ended = run(argv, {
    stdout: { isTTY, write: (text) => (output.stdout += text) },
    stderr: {
      write: (text) => {
        output.stderr += text;
        for (const look of waiting) look();
      },
    },
    env: { PATH: process.env["PATH"] },
    cwd: folder,
    now,
    signal: controller.signal,
  });
  return {
    output,
    ended,
    position: () => output.stderr.length,
    stop: () => controller.abort(),
    says: (words, from = 0) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!output.stderr.slice(from).includes(words)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

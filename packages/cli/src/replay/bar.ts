import type { Io } from "../io.ts";
import type { Output } from "../output.ts";
import { progress } from "../progress.ts";

const WIDTH = 24;
const EVERY_MS = 100;

/** Says how far work has come. */
export interface Bar {
  told(done: number): void;
  /** Takes the bar away. */
  end(): void;
}

/**
 * A bar on standard error that is written over, on a terminal; elsewhere a line every two seconds, as all long work
 * has one. With `--quiet` nothing.
 *
 * @param total - how many there are
 */
export function progressBar({ stderr, now }: Io, output: Output, what: string, total: number): Bar {
  if (output.quiet) return { told: () => undefined, end: () => undefined };
  if (stderr.isTTY !== true) return { told: progress(output, what, total), end: () => undefined };
  const began = now();
  let last = began;
  let isShown = false;
  return {
    told: (done) => {
      const time = now();
      if (time - last < EVERY_MS) return;
      last = time;
      isShown = true;
      stderr.write(`\r\u001b[2K${barText(what, done, total, time - began)}`);
    },
    end: () => {
      if (isShown) stderr.write("\r\u001b[2K");
    },
  };
}

/** `calls [######------]  50 %  1000 of 2000, 3 s left`. */
export function barText(what: string, done: number, total: number, elapsedMs: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * WIDTH);
  const left = share === 0 ? "" : `, ${Math.ceil((elapsedMs * (1 - share)) / share / 1000)} s left`;
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `${what} [${"#".repeat(full)}${"-".repeat(WIDTH - full)}] ${percent} %  ${done} of ${total}${left}`;
}

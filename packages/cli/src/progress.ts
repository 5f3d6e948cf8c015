import type { Output } from "./output.ts";

/** How long work may go on without a word, in milliseconds. */
const SILENCE_MS = 2_000;

/**
 * Says how far work has come, on standard error: the first time after two seconds, then every two seconds. It has no
 * timer, which would not fire while a program computes; it speaks when it is told of progress.
 *
 * @param what - what is done: `tests`
 * @param total - how many there are, where that is known
 */
export function progress(output: Output, what: string, total?: number): (done: number) => void {
  let last = performance.now();
  return (done) => {
    const now = performance.now();
    if (now - last < SILENCE_MS) return;
    last = now;
    output.status(`… ${what}: ${done}${total === undefined ? "" : ` of ${total}`}`);
  };
}

import { Worker } from "node:worker_threads";

/** A case that is still at it after this many milliseconds never ends. */
const HANG_MS = 20_000;

/** Watches the cases of one run from another thread: a loop without an end would keep this one from saying so. */
export interface Watchdog {
  /** A new case begins. */
  begin(seed: number): void;
  stop(): Promise<unknown>;
}

const BODY = `
const { workerData: { shared, hang }, } = require("node:worker_threads");
const { writeSync } = require("node:fs");
const state = new Int32Array(shared);
let last = -1, since = Date.now();
setInterval(() => {
  const count = Atomics.load(state, 0);
  if (count !== last) { last = count; since = Date.now(); return; }
  if (Date.now() - since < hang) return;
  writeSync(2, "seed " + Atomics.load(state, 1) + " hangs: no end after " + hang / 1000 + " s\\n");
  process.kill(process.pid, "SIGKILL");
}, 500);
`;

/** Starts watching. The process ends with the seed on standard error when a case hangs. */
export function startWatchdog(): Watchdog {
  const shared = new SharedArrayBuffer(8);
  const state = new Int32Array(shared);
  const worker = new Worker(BODY, { eval: true, workerData: { shared, hang: HANG_MS } });
  worker.unref();
  return {
    begin(seed) {
      Atomics.store(state, 1, seed);
      Atomics.add(state, 0, 1);
    },
    stop: () => worker.terminate(),
  };
}

// A process of its own over the stores of a place. It prints a line of JSON for each thing that a test waits for.
import { createHash } from "node:crypto";
import { isDenial, isInterlatchError, type TrustOptions } from "@interlatch/core";
import { guardOver } from "../../../test/signed.ts";
import { openPlace, type Place } from "./places.ts";

/** What a process is to do. */
export type Task =
  /** Moves a stream forward for ever; prints each version that is kept. */
  | { readonly kind: "advance"; readonly from: number }
  /** Starts a guard over a bundle; prints the error that it fails with. */
  | { readonly kind: "start" }
  /** Makes so many calls at once; prints how many ran. */
  | { readonly kind: "calls"; readonly count: number }
  /** Makes a call that waits for an answer; prints its approval, and then what came of it. */
  | { readonly kind: "ask" };

/** All that it is told. */
export interface Work {
  readonly place: Place;
  readonly task: Task;
  /** Left out where no guard is needed. */
  readonly policy?: { readonly bundle: string; readonly trust: TrustOptions };
}

const { place, task, policy } = JSON.parse(process.argv[2] ?? "") as Work; // from `startProcess`
const { rollback, close, ...others } = await openPlace(place);
const stores = others as { limits?: never; approvals?: never }; // what a place has, by the names of a guard's options

// A guard that waits for an answer keeps no process alive, and neither does a database without a connection.
const alive = setInterval(() => undefined, 60_000);

function print(value: unknown): void {
  console.log(JSON.stringify(value));
}

async function guard() {
  if (policy === undefined) throw new Error("a guard needs a policy");
  return (await guardOver(policy.bundle, policy.trust, { rollback, stores, reviewTimeout: 15_000 }))
    .guard;
}

async function advance(from: number): Promise<never> {
  for (let version = from; ; version++) {
    const digest = createHash("sha256").update(String(version)).digest("hex");
    await rollback.advance("bundle:test#test", { version, digest });
    print(version);
  }
}

async function start(): Promise<void> {
  const error = await guard().then(
    () => null,
    (caught: unknown) => (isInterlatchError(caught) ? caught.code : String(caught)),
  );
  print(error);
}

async function calls(count: number): Promise<void> {
  const made = await guard();
  const ticket = made.for({ agent: { id: "a" }, session: `s${process.pid}` });
  const results = await Promise.all(
    Array.from({ length: count }, async (_, n) =>
      made.run({ ticket, id: `c${n}`, tool: "tool", arguments: {} }, async () => "ran"),
    ),
  );
  print(results.map((result) => (isDenial(result) ? result.decision.code : result)));
}

async function ask(): Promise<void> {
  const made = await guard();
  made.on("approval.requested", ({ id }) => print(id));
  const ticket = made.for({ agent: { id: "a" }, session: "s" });
  let runs = 0;
  const call = { ticket, id: "c", tool: "tool", arguments: { amount: 7 } };
  const result = await made.run(call, async () => `ran ${++runs}`);
  print(isDenial(result) ? result.decision.code : result);
}

switch (task.kind) {
  case "advance":
    await advance(task.from);
    break;
  case "start":
    await start();
    break;
  case "calls":
    await calls(task.count);
    break;
  case "ask":
    await ask();
    break;
}
clearInterval(alive);
await close();

import {
  type AuditSink,
  createGuard,
  type Guard,
  httpSource,
  inlineSource,
  isInterlatchError,
  lockedRollback,
  memoryAudit,
  memoryRollback,
} from "@interlatch/core";

/** What an edge host is deployed with: environment and files that are part of the program. */
interface Deployed {
  readonly bundle: { readonly text: string } | { readonly url: string };
  readonly trust: { readonly document: string; readonly digest: string };
  /** The text of `interlatch.lock.json`. */
  readonly lockfile?: string;
  /** Where records go. */
  readonly collector?: string;
  /** Epoch milliseconds, of a clock that stands still. */
  readonly now: number;
}

/** The part of an edge runtime's event that is used. */
interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
  waitUntil(promise: Promise<unknown>): void;
}

declare const DEPLOYED: Deployed;
declare function addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;

/** Keeps records until they are flushed to the collector: an edge host has no disk. */
function remoteAudit(collector: string): AuditSink {
  const log = memoryAudit();
  let sent = 0;
  const flush = async (): Promise<void> => {
    const lines = log.lines().slice(sent);
    if (lines.length === 0) return;
    sent += lines.length;
    await fetch(collector, { method: "POST", body: lines.join("\n") });
  };
  return { durable: false, append: (event) => log.append(event), flush, close: flush };
}

const { bundle, trust, lockfile, collector, now } = DEPLOYED;

const starting: Promise<Guard> = createGuard({
  // Timers stand still between requests: `guard.refresh()` asks instead.
  bundle: "url" in bundle ? httpSource(bundle.url, { pollSeconds: 0 }) : inlineSource(bundle.text),
  trust,
  audience: "test",
  rollback: lockfile === undefined ? memoryRollback() : lockedRollback(lockfile),
  audit: collector === undefined ? memoryAudit() : remoteAudit(collector),
  clock: () => now,
});
// Each request says why; until then it is nobody's rejection.
starting.catch(() => undefined);

async function answer({ request, waitUntil }: Pick<FetchEvent, "request" | "waitUntil">) {
  try {
    const guard = await starting;
    // Where that fails the bundle in force goes on, and `guard.status()` says what was wrong.
    if (new URL(request.url).pathname === "/refresh") await guard.refresh().catch(() => undefined);
    const { tool, args } = (await request.json()) as { tool: string; args: { amount: number } }; // the test's own
    const ticket = guard.for({ agent: { id: "edge" }, session: "s1" });
    const call = { ticket, id: crypto.randomUUID(), tool, arguments: args };
    const result = await guard.run(call, ({ amount }) => `did it with ${String(amount)}`);
    // After the answer: the caller does not wait for the log.
    waitUntil(guard.flush());
    return Response.json({ result, version: guard.status().bundle?.version ?? null });
  } catch (error) {
    const code = isInterlatchError(error) ? error.code : String(error);
    return Response.json({ error: code }, { status: 503 });
  }
}

addEventListener("fetch", (event) =>
  event.respondWith(
    answer({ request: event.request, waitUntil: (promise) => event.waitUntil(promise) }),
  ),
);

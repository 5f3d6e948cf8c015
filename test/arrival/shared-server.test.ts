import type { RequestListener } from "node:http";
import {
  type CallEvent,
  createGuard,
  type Guard,
  httpSource,
  memoryAudit,
  memoryRollback,
  type TrustOptions,
  verifyAudit,
} from "@interlatch/core";
import { describe, expect } from "vitest";
import { aiSdk7 } from "../../examples/shared-bundle/ai-sdk.ts";
import type { ScriptedCall } from "../../examples/shared-bundle/calls.ts";
import type { Framework } from "../../examples/shared-bundle/framework.ts";
import { langGraph } from "../../examples/shared-bundle/langgraph.ts";
import { startServer, trustingFetch } from "../loopback-server.ts";
import { argument, compare, policyOf } from "../policies.ts";
import { BEGIN, makeSigning } from "../signed.ts";
import { named } from "../status-stage.ts";
import { verifies } from "../verifies.ts";

/** Two services under load see no more of a change than this many calls that began before it. */
const CALLS_PER_STAGE = 12;
const AT_ONCE = 4;

const first = policyOf({ id: "shop", tools: { pay: {} }, rules: [{ action: "allow" }] });
const second = policyOf({
  id: "shop",
  tools: { pay: {} },
  rules: [
    { name: "small", action: "allow" },
    { name: "large", action: "deny", when: compare(argument("amount"), ">", 1) },
  ],
});

/** A service: its framework runs calls all the time, several at once, until it is told to stop. */
class Service {
  readonly audit = memoryAudit();
  readonly guard: Guard;
  /** How often the tool ran, by call. */
  readonly ran = new Map<string, number>();
  readonly answers = new Map<string, string>();
  readonly #framework: Framework;
  readonly #loops: Promise<void>[];
  #count = 0;
  #stopped = false;

  static async start(
    framework: Framework,
    options: Parameters<typeof guardOf>[0],
  ): Promise<Service> {
    const audit = memoryAudit();
    return new Service(framework, await guardOf(options, audit), audit);
  }

  private constructor(framework: Framework, guard: Guard, audit: Service["audit"]) {
    this.#framework = framework;
    this.guard = guard;
    this.audit = audit;
    this.#loops = Array.from({ length: AT_ONCE }, () => this.#run());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
    await this.guard.flush();
  }

  /** All that its log says of calls. */
  get calls(): readonly CallEvent[] {
    return this.audit.records.filter((record) => record.type === "call");
  }

  /** Resolves once so many more calls were decided in this way. */
  decided(more: number, isSo: (call: CallEvent) => boolean): Promise<void> {
    return new Promise((resolve) => {
      let left = more;
      const end = this.guard.on("decision", () => {
        const last = this.calls.at(-1);
        if (last !== undefined && isSo(last)) left -= 1;
        if (left > 0) return;
        end();
        resolve();
      });
    });
  }

  async #run(): Promise<void> {
    // A turn of the event loop between two calls: requests and timers get their turn too.
    while (!this.#stopped) {
      await this.#call(this.#count++);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #call(count: number): Promise<void> {
    const id = `c${count}`;
    const ticket = this.guard.for({ agent: { id: "clerk" }, session: id });
    const pay = async (): Promise<string> => {
      this.ran.set(id, (this.ran.get(id) ?? 0) + 1);
      return "paid";
    };
    const call = { id, tool: "pay", arguments: { amount: count % 3 } } as unknown as ScriptedCall; // what a run reads
    const box = { runs: new Map(), tools: { pay } };
    this.answers.set(id, await this.#framework.run(this.guard, ticket, call, box));
  }
}

function guardOf(
  { origin, trust }: { readonly origin: string; readonly trust: TrustOptions },
  audit: Service["audit"],
): Promise<Guard> {
  const source = (path: string) =>
    httpSource(`${origin}${path}`, { fetch: trustingFetch(), pollSeconds: 0.01 });
  return createGuard({
    bundle: source("/bundle"),
    status: { source: source("/status") },
    trust,
    audience: "test",
    rollback: memoryRollback(),
    audit,
    clock: () => BEGIN + 3_600_000,
  });
}

describe("two services of different frameworks over one bundle server", () => {
  verifies(
    "arrival.shared",
    "go from one bundle to the next, past a bad one, to the kill switch, and lose no call",
    async () => {
      const [signing, stranger] = await Promise.all([makeSigning(), makeSigning()]);
      const [v1, v2] = await Promise.all([
        signing.bundle(first, { version: 1 }),
        signing.bundle(second, { version: 2 }),
      ]);
      const v3 = await stranger.bundle(first, { version: 3 });
      const files = new Map<string, { text: string; etag: string }>();
      const put = (path: string, text: string): void => {
        files.set(path, { text, etag: `"${files.size}-${text.length}-${Math.random()}"` });
      };
      let unchanged = 0;
      const serve: RequestListener = ({ url = "", headers }, response) => {
        const file = files.get(url);
        if (file === undefined) return void response.writeHead(404).end();
        if (headers["if-none-match"] === file.etag) {
          unchanged += 1;
          return void response.writeHead(304, { etag: file.etag }).end();
        }
        response.writeHead(200, { etag: file.etag }).end(file.text);
      };
      const status = (version: number, bundle: string, kill = {}): Promise<string> =>
        signing.status({ version, streams: { shop: named(bundle) }, kill });
      put("/bundle", v1);
      put("/status", await status(1, v1));
      await using server = await startServer(serve, { tls: true });

      const options = { origin: server.origin, trust: signing.trust };
      const services = [
        await Service.start(langGraph, options),
        await Service.start(aiSdk7, options),
      ];
      const all = (isSo: (call: CallEvent) => boolean): Promise<unknown> =>
        Promise.all(services.map((service) => service.decided(CALLS_PER_STAGE, isSo)));
      const [one, two] = [named(v1).digest, named(v2).digest];
      await all(({ bundle }) => bundle?.digest === one);

      put("/bundle", v2);
      put("/status", await status(2, v2));
      await all(({ bundle, code }) => bundle?.digest === two && code !== "bundle_revoked");

      const refused = services.map(
        ({ guard }) =>
          new Promise<string>((resolve) => {
            guard.on("bundle.rejected", ({ code }) => resolve(code));
          }),
      );
      put("/bundle", v3);
      expect(await Promise.all(refused)).toEqual(["ERR_BUNDLE_SIGNATURE", "ERR_BUNDLE_SIGNATURE"]);
      await all(({ bundle, effect }) => bundle?.digest === two && effect === "allow");

      put("/status", await status(3, v2, { all: true, reason: "drill" }));
      // A hint, so that nobody waits for the next look; the bundle is still a bad one.
      await Promise.all(services.map(({ guard }) => guard.refresh().catch(() => undefined)));
      const killed = services.map(({ calls }) => calls.length);
      await all(({ code }) => code === "killed");
      await Promise.all(services.map((service) => service.stop()));

      expect(unchanged).toBeGreaterThan(0);
      for (const [index, service] of services.entries()) {
        // None lost, none undecided, none twice: each call has one record and one outcome, and the model got an answer.
        const { calls, audit, ran, answers, guard } = service;
        expect(verifyAudit(audit.lines())).toMatchObject({ fault: null, open: 0 });
        expect(new Set(calls.map(({ call }) => call))).toEqual(new Set(answers.keys()));
        expect(calls).toHaveLength(answers.size);
        expect(guard.status().openCalls).toBe(0);
        for (const [at, { call, bundle, code, effect }] of calls.entries()) {
          const amount = Number(call?.slice(1)) % 3;
          const allowed = bundle?.digest === one || amount <= 1;
          expect([one, two]).toContain(bundle?.digest);
          // Once the hint was taken every call is denied; before it none.
          if (code === "killed") expect(at).toBeGreaterThan(CALLS_PER_STAGE * 3);
          else if (code !== "bundle_revoked") expect(effect).toBe(allowed ? "allow" : "deny");
          if (at >= (killed[index] ?? 0) + AT_ONCE) expect(code).toBe("killed");
          expect(ran.get(call ?? "") ?? 0).toBe(effect === "allow" ? 1 : 0);
        }
        // One pointer: once a call was decided by the second bundle, none is by the first.
        const digests = calls.map(({ bundle }) => bundle?.digest);
        expect(digests.lastIndexOf(one)).toBeLessThan(digests.indexOf(two));
        await guard.close();
      }
    },
  );
});

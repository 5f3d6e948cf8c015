import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGzip, gzipSync } from "node:zlib";
import {
  createGuard,
  type ErrorCode,
  type Guard,
  type GuardOptions,
  httpSource,
  type HttpOptions,
  memoryAudit,
  memoryRollback,
  type TrustSource,
  verifyAudit,
} from "@interlatch/core";
import { fileRollback, lastGood } from "@interlatch/core/node";
import { startServer } from "../loopback-server.ts";
import { type Attack, attack, refused } from "./attack.ts";
import { AUDIENCE, bundle, NOW, payload, signedRoot, STREAM } from "./host.ts";
import { cast } from "./keys.ts";

/** Attacks on the way of a bundle to a running guard. Whatever happens, the last good bundle goes on. */
export const arrivalAttacks: readonly Attack[] = [
  attack(68, "a few kilobytes unpack to more than the memory holds", async () => {
    await onArrival(async ({ answer, outlasts }) => {
      answer((_, response) => {
        response.writeHead(200, { "content-encoding": "gzip" });
        const zip = createGzip();
        zip.on("error", () => undefined).pipe(response);
        const pour = (): void => {
          while (!response.destroyed && zip.write(ZEROS));
          if (!response.destroyed) zip.once("drain", pour);
        };
        pour();
      });
      await outlasts("ERR_BUNDLE_TOO_LARGE", /more than 12582912 bytes/);
      // The length that a server names is not what is counted.
      answer((_, response) => {
        response.writeHead(200, { "transfer-encoding": "chunked" });
        const pour = (): void => {
          while (!response.destroyed && response.write(ZEROS));
          if (!response.destroyed) response.once("drain", pour);
        };
        pour();
      });
      await outlasts("ERR_BUNDLE_TOO_LARGE", /more than 12582912 bytes/);
    });
  }),
  attack(69, "the server sends the host, and its credentials, elsewhere", async () => {
    await onArrival(async ({ answer, outlasts }) => {
      let asked = 0;
      await using other = await startServer((_, response) => {
        asked += 1;
        response.end();
      });
      for (const location of [
        `${other.origin}/bundle`,
        "http://policies.example/bundle",
        "//policies.example/bundle",
        "file:///etc/passwd",
        "data:application/json,{}",
      ]) {
        answer((_, response) => response.writeHead(302, { location }).end());
        await outlasts("ERR_BUNDLE_UNREACHABLE", /redirects to another host or protocol/);
      }
      assert.equal(asked, 0);
    });
  }),
  attack(70, "a poisoned cache says that nothing is new", async () => {
    await onArrival(async ({ answer, outlasts, guard }) => {
      // To a request that knows no ETag: there is nothing that could be unchanged.
      answer((_, response) => response.writeHead(304).end());
      await outlasts("ERR_BUNDLE_UNREACHABLE", /304 and was given no ETag/);
      // Bytes that were refused do not become good by being unchanged.
      answer(({ headers }, response) =>
        headers["if-none-match"] === '"bad"'
          ? response.writeHead(304).end()
          : response.writeHead(200, { etag: '"bad"' }).end("{}"),
      );
      await outlasts("ERR_BUNDLE_FORMAT", /./);
      await outlasts("ERR_BUNDLE_FORMAT", /./);
      answer((_, response) => response.writeHead(304, { etag: '"another"' }).end());
      await outlasts("ERR_BUNDLE_UNREACHABLE", /304 for another ETag/);
      const next = await bundle(payload({ version: 8 }));
      answer((_, response) => response.writeHead(200).end(next));
      await guard.reload();
      assert.equal(guard.status().bundle?.version, 8);
    });
  }),
  attack(71, "the body comes one byte at a time", async () => {
    const drip: RequestListener = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(" "), 5);
      response.on("close", () => clearInterval(timer));
    };
    await onArrival(
      async ({ answer, outlasts }) => {
        answer(drip);
        await outlasts("ERR_BUNDLE_UNREACHABLE", /took longer than 200 ms/);
        answer((_, response) => {
          response.writeHead(200);
          response.write("{");
        });
        await outlasts("ERR_BUNDLE_UNREACHABLE", /nothing came for 100 ms/);
      },
      { timeoutMs: 200, idleTimeoutMs: 100 },
    );
  }),
  attack(74, "the clock is set back to bring an ended bundle into force", async () => {
    let now = NOW;
    const rollback = memoryRollback();
    await onArrival(
      async ({ guard, answer }) => {
        const served = await bundle(payload({ version: 8 }));
        answer((_, response) => response.end(served));
        now = NOW + 600_000;
        await guard.reload();
        assert.equal(codeOf(guard), "allowed");
        now = NOW;
        await guard.reload();
        assert.equal(codeOf(guard), "bundle_not_yet_valid");
        const after = await restarted({ rollback, clock: () => now }, served);
        assert.equal(codeOf(after), "bundle_not_yet_valid");
      },
      {},
      { clock: () => now, rollback },
    );
  }),
  attack(75, "bundles are swapped under a thousand calls", async () => {
    await onArrival(async ({ answer, guard, audit }) => {
      const versions = await Promise.all(
        [8, 9, 10, 11].map((version) => bundle(payload({ version }))),
      );
      const ticket = guard.for({ agent: { id: "a" }, session: "s" });
      const calls: Promise<unknown>[] = [];
      const open: (() => void)[] = [];
      for (let count = 0; count < 1_000; count += 1) {
        const gate = new Promise<void>((resolve) => open.push(resolve));
        const call = { ticket, id: `c${count}`, tool: "refund", arguments: { amount: 1 } };
        calls.push(
          Promise.resolve(
            guard.run(call, async (_, { decision }) => {
              await gate;
              return decision.bundle?.digest;
            }),
          ),
        );
        const next = count % 250 === 249 ? versions[Math.floor(count / 250)] : undefined;
        if (next === undefined) continue;
        answer((_, response) => response.end(next));
        await guard.reload();
      }
      for (const release of open) release();
      const digests = await Promise.all(calls);
      await guard.flush();
      assert.equal(new Set(digests).size, 4);
      // Each call ran on the digest that its record names.
      const decided = audit.records.flatMap((record) =>
        record.type === "call" ? [record.bundle?.digest] : [],
      );
      assert.deepEqual(decided, digests);
      assert.equal(audit.records.filter(({ type }) => type === "outcome").length, 1_000);
      assert.equal(guard.status().openCalls, 0);
    });
  }),
  attack(140, "the server fails, or asks to be left alone for a year", async () => {
    await onArrival(async ({ answer, outlasts, guard }) => {
      for (const [status, wish] of [
        [503, "31536000"],
        [503, "Fri, 31 Dec 9999 23:59:59 GMT"],
        [500, "soon"],
        [404, ""],
        [206, ""],
        [204, ""],
      ] as const) {
        answer((_, response) => response.writeHead(status, { "retry-after": wish }).end());
        await outlasts("ERR_BUNDLE_UNREACHABLE", new RegExp(`answered ${status}`));
      }
      const next = await bundle(payload({ version: 8 }));
      answer((_, response) => {
        response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(next));
      });
      await guard.reload();
      assert.equal(guard.status().bundle?.version, 8);
    });
  }),
  attack(141, "the body breaks off, or is half of a bundle", async () => {
    await onArrival(async ({ answer, outlasts }) => {
      const next = await bundle(payload({ version: 8 }));
      answer((_, response) => {
        response.writeHead(200, { "content-length": String(next.length) });
        response.write(next.subarray(0, 100), () => response.destroy());
      });
      await outlasts("ERR_BUNDLE_UNREACHABLE", /cannot be read/);
      answer((_, response) => response.end(next.subarray(0, next.length / 2)));
      await outlasts("ERR_BUNDLE_FORMAT", /./);
    });
  }),
  attack(
    142,
    "the rollback state is lost while a guard runs, and an older bundle served",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "interlatch-attacks-"));
      const file = join(folder, "rollback.json");
      try {
        await onArrival(
          async ({ answer, outlasts }) => {
            const older = await bundle(payload({ version: 6 }));
            answer((_, response) => response.end(older));
            await writeFile(file, (await readFile(file, "utf8")).slice(0, 20));
            await outlasts("ERR_ROLLBACK_STATE", /rollback/);
          },
          {},
          { rollback: fileRollback(file) },
        );
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  ),
  attack(143, "an older bundle is served once the newer one is in force", async () => {
    await onArrival(async ({ answer, outlasts }) => {
      const older = await bundle(payload({ version: 6 }));
      answer((_, response) => response.end(older));
      await outlasts("ERR_BUNDLE_ROLLBACK", /older than version 7/);
    });
  }),
  attack(144, "the kept copy is edited while the server is down", async () => {
    const folder = await mkdtemp(join(tmpdir(), "interlatch-attacks-"));
    const file = join(folder, "last-good.json");
    try {
      await writeFile(
        file,
        (await bundle()).map((byte, index) => (index === 200 ? byte ^ 1 : byte)),
      );
      await using server = await startServer((_, response) => response.writeHead(503).end());
      const source = lastGood(httpSource(server.origin), { file });
      const told: string[] = [];
      const silent = (): void => undefined;
      const warn = (_: object, message: string): number => told.push(message);
      const logger = { debug: silent, info: silent, warn, error: silent };
      const guard = await createGuard({ ...(await options()), bundle: source, logger });
      assert.equal(codeOf(guard), "no_bundle");
      assert.match(told.join("\n"), /answered 503/);
      assert.equal(told.length, 2, "the edited copy was refused in silence");
      await guard.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  }),
  attack(145, "a key is revoked after looks that brought nothing new", async () => {
    const { bob, rita } = await cast();
    const revoking = await signedRoot({ version: 2, revokedKeys: [rita.keyid, bob.keyid] });
    const first = await signedRoot();
    let next: Uint8Array | null = null;
    const updates: TrustSource = {
      name: "roots of the test",
      read: (version) => Promise.resolve(version === 2 ? next : null),
    };
    const trust = { document: first.text, digest: `sha256:${first.digest}`, updates };
    await onArrival(
      async ({ guard, answer }) => {
        for (let look = 0; look < 2; look += 1) await guard.reload();
        next = new TextEncoder().encode(revoking.text);
        answer((_, response) => response.writeHead(503).end());
        await refused("ERR_BUNDLE_UNREACHABLE", /answered 503/, () => guard.reload());
        assert.equal(codeOf(guard), "bundle_revoked");
      },
      {},
      { trust },
    );
  }),
];

const ZEROS = Buffer.alloc(1_048_576);

interface Arrival {
  readonly guard: Guard;
  readonly audit: ReturnType<typeof memoryAudit>;
  answer(next: RequestListener): void;
  /** The next look is refused with this code and words; the guard says so and goes on with the bundle it has. */
  outlasts(code: ErrorCode, words: RegExp): Promise<void>;
}

/** A guard over a server of bundles, version 7 in force, and a server that does as it likes from then on. */
async function onArrival(
  task: (arrival: Arrival) => Promise<void>,
  http: HttpOptions = {},
  changes: Partial<GuardOptions> = {},
): Promise<void> {
  const first = await bundle();
  await using server = await startServer((_, response) => response.end(first));
  const audit = memoryAudit();
  const source = httpSource(server.origin, { pollSeconds: 0, ...http });
  await using guard = await createGuard({
    ...(await options()),
    ...changes,
    bundle: source,
    audit,
  });
  const rejections: string[] = [];
  guard.on("bundle.rejected", ({ code }) => rejections.push(code));
  await task({
    guard,
    audit,
    answer: (next) => {
      server.answer = next;
    },
    outlasts: async (code, words) => {
      const before = guard.status().bundle?.digest;
      await refused(code, words, () => guard.reload());
      assert.equal(rejections.pop(), code, "no event says why");
      assert.equal(guard.status().lastError?.code, code);
      assert.equal(guard.status().bundle?.digest, before);
      assert.equal(codeOf(guard), "allowed", "the last good bundle does not go on");
    },
  });
  await guard.flush();
  assert.equal(verifyAudit(audit.lines()).fault, null);
}

async function options(): Promise<Omit<GuardOptions, "bundle">> {
  const { text, digest } = await signedRoot();
  return {
    trust: { document: text, digest: `sha256:${digest}` },
    audience: AUDIENCE,
    id: STREAM,
    rollback: memoryRollback(),
    audit: memoryAudit(),
    clock: () => NOW,
  };
}

async function restarted(changes: Partial<GuardOptions>, bytes: Uint8Array): Promise<Guard> {
  const bundleSource = { name: "restarted", read: () => Promise.resolve(bytes) };
  return createGuard({ ...(await options()), ...changes, bundle: bundleSource });
}

function codeOf(guard: Guard): string {
  const ticket = guard.for({ agent: { id: "a" }, session: "s" });
  return guard.decide({ ticket, id: "c1", tool: "refund", arguments: { amount: 1 } }).code;
}

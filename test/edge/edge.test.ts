import type { RequestListener } from "node:http";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { EdgeVM } from "@edge-runtime/vm";
import { payloadDigest, readAnyEnvelope } from "@interlatch/core/sign";
import { compilePolicy } from "@interlatch/policy";
import { build } from "esbuild";
import { afterEach, beforeAll, describe, expect } from "vitest";
import { type LoopbackServer, startServer } from "../loopback-server.ts";
import { BEGIN, makeSigning, type Signing } from "../signed.ts";
import { verifies } from "../verifies.ts";

const POLICY = `interlatch: 1
id: edge
tools:
  pay: { operation: spend, resources: none, arguments: { type: object, properties: { amount: { type: number } }, required: [amount] } }
  mail: { operation: egress, resources: none, arguments: { type: object, properties: { amount: { type: number }, to: { type: string } }, required: [amount, to] } }
rules:
  - { name: small, tool: pay, when: arguments.amount <= LIMIT, action: allow, rate_limit: 100 calls/minute }
  - { name: to_us, tool: mail, when: 'arguments.to.matches("^[a-z]+@acme[.]test$")', action: allow }
`;

let worker: string;
let signing: Signing;
const servers: LoopbackServer[] = [];

beforeAll(async () => {
  const bundled = await build({
    entryPoints: [fileURLToPath(new URL("worker.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    // No `node:` module resolves on it: one import of them, however lazy, and nothing is built.
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["@interlatch/source", "import"],
    minify: true,
  });
  worker = bundled.outputFiles[0]?.text ?? "";
  signing = await makeSigning();
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A signed bundle that lets payments up to a limit through. */
async function bundleOf(limit: number, version: number): Promise<string> {
  const file = { path: "policy.yaml", text: POLICY.replace("LIMIT", String(limit)) };
  const made = await compilePolicy({ files: [file] });
  if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join());
  return signing.bundle(made.policy, { version });
}

async function lockfileOf(bundle: string): Promise<string> {
  const { payload } = readAnyEnvelope(new TextEncoder().encode(bundle));
  const { version } = JSON.parse(new TextDecoder().decode(payload)) as { version: number };
  const locked = { version, digest: `sha256:${await payloadDigest(payload)}` };
  return JSON.stringify({ format: 1, streams: { "edge#test": locked } });
}

/** Starts the program in a runtime of its own, as a platform starts an isolate. */
function isolate(deployed: object): EdgeVM {
  const DEPLOYED = { trust: signing.trust, now: BEGIN + 3_600_000, ...deployed };
  return new EdgeVM({
    initialCode: worker,
    extend: (context) => Object.assign(context, { DEPLOYED }),
  });
}

async function ask(
  vm: EdgeVM,
  args: object,
  { tool = "pay", path = "/" }: { tool?: string; path?: string } = {},
): Promise<{ readonly body: unknown; readonly rest: () => Promise<unknown> }> {
  const body = JSON.stringify({ tool, args });
  const response = await vm.dispatchFetch(`https://edge.test${path}`, { method: "POST", body });
  return { body: await response.json(), rest: () => response.waitUntil() };
}

/** A server until the test is over; gives its address. */
async function serve(answer: RequestListener): Promise<string> {
  const server = await startServer(answer);
  servers.push(server);
  return server.origin;
}

describe("in an edge runtime", () => {
  verifies(
    "edge.decides",
    "a guard verifies, decides and runs, without a module of Node",
    async () => {
      const vm = isolate({ bundle: { text: await bundleOf(50, 1) } });
      expect((await ask(vm, { amount: 50 })).body).toEqual({
        result: "did it with 50",
        version: 1,
      });
      expect((await ask(vm, { amount: 51 })).body).toMatchObject({
        result: { decision: { code: "no_match" } },
      });
      expect((await ask(vm, { amount: 5 }, { tool: "other" })).body).toMatchObject({
        result: { decision: { code: "unknown_tool" } },
      });
      // Patterns are a part that loads when a policy asks for it.
      const mail = { amount: 1, to: "ann@acme.test" };
      expect((await ask(vm, mail, { tool: "mail" })).body).toMatchObject({
        result: "did it with 1",
      });
      const other = { ...mail, to: "ann@evil.test" };
      expect((await ask(vm, other, { tool: "mail" })).body).toMatchObject({
        result: { decision: { code: "no_match" } },
      });
    },
  );

  verifies("edge.floor", "the lockfile holds where each isolate forgets", async () => {
    const [first, second] = [await bundleOf(500, 1), await bundleOf(50, 2)];
    const [older, newer] = [{ text: first }, { text: second }];
    // Nothing remembers the second bundle: without a floor the first one is good enough for the next isolate.
    expect((await ask(isolate({ bundle: newer }), { amount: 50 })).body).toMatchObject({
      version: 2,
    });
    expect((await ask(isolate({ bundle: older }), { amount: 500 })).body).toMatchObject({
      version: 1,
    });
    const lockfile = await lockfileOf(second);
    const refused = { error: "ERR_BUNDLE_ROLLBACK" };
    expect((await ask(isolate({ bundle: older, lockfile }), { amount: 500 })).body).toEqual(
      refused,
    );
    const locked = isolate({ bundle: newer, lockfile });
    expect((await ask(locked, { amount: 50 })).body).toMatchObject({ version: 2 });
    const later = isolate({ bundle: { text: await bundleOf(60, 3) }, lockfile });
    expect((await ask(later, { amount: 60 })).body).toMatchObject({ version: 3 });
  });

  verifies(
    "edge.fetches",
    "a bundle comes over HTTP, and `refresh` takes the next one",
    async () => {
      let bundle = await bundleOf(50, 1);
      const asked: (string | undefined)[] = [];
      const url = await serve((request, response) => {
        const etag = `"${String(bundle.length)}-${bundle.slice(-40, -10)}"`;
        asked.push(request.headers["if-none-match"]);
        if (request.headers["if-none-match"] === etag) response.writeHead(304, { etag }).end();
        else response.writeHead(200, { etag }).end(bundle);
      });
      const vm = isolate({ bundle: { url: `${url}/edge.bundle.json` } });
      expect((await ask(vm, { amount: 50 })).body).toMatchObject({ version: 1 });
      expect((await ask(vm, { amount: 50 }, { path: "/refresh" })).body).toMatchObject({
        version: 1,
      });
      expect(asked).toEqual([undefined, expect.any(String)]);
      bundle = await bundleOf(70, 2);
      expect((await ask(vm, { amount: 70 }, { path: "/refresh" })).body).toEqual({
        result: "did it with 70",
        version: 2,
      });
      // Another content of that version changes nothing.
      bundle = await bundleOf(700, 2);
      expect((await ask(vm, { amount: 700 }, { path: "/refresh" })).body).toMatchObject({
        result: { decision: { code: "no_match" } },
        version: 2,
      });
    },
  );

  verifies("edge.flushes", "records leave after the answer, by `waitUntil`", async () => {
    const received: string[] = [];
    const collector = await serve((request, response) => {
      void text(request).then((lines) => {
        received.push(...lines.split("\n").filter((line) => line !== ""));
        response.end();
      });
    });
    const vm = isolate({ bundle: { text: await bundleOf(50, 1) }, collector });
    const { rest } = await ask(vm, { amount: 50 });
    await rest();
    const types = received.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(["start", "call", "outcome"]);
  });
});

import type { RequestListener } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type LoopbackServer,
  startServer,
  trustingFetch,
} from "../../../../test/loopback-server.ts";
import { httpSource } from "./source.ts";
import { httpTrustSource } from "./trust-source.ts";

let server: LoopbackServer;
let seen: { readonly path: string; readonly headers: NodeJS.Dict<string | string[]> }[] = [];

beforeAll(async () => {
  server = await startServer(() => undefined);
});
afterAll(() => server.close());

/** Each request gets the next answer; the last one goes on. */
function answers(...listed: readonly RequestListener[]): void {
  seen = [];
  server.answer = (request, response) => {
    const answer = listed[Math.min(seen.length, listed.length - 1)];
    seen.push({ path: request.url ?? "", headers: request.headers });
    answer?.(request, response);
  };
}

const plain =
  (status: number, body = "", headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const unreachable = (words: RegExp) => ({
  code: "ERR_BUNDLE_UNREACHABLE",
  message: expect.stringMatching(words),
});
const at = (path = "/b"): string => `${server.origin}${path}`;

describe("httpSource", () => {
  it("reads what stands there, and is named without the query", async () => {
    answers(plain(200, "one"), plain(200, "two"));
    const source = httpSource(at("/b?token=hush"));
    expect(source.name).toBe(at("/b"));
    expect(text(await source.read())).toBe("one");
    expect(text(await source.read())).toBe("two");
    expect(seen.map(({ path }) => path)).toEqual(["/b?token=hush", "/b?token=hush"]);
  });

  it("asks with the ETag it was given, and gives the very same bytes where nothing is new", async () => {
    answers(plain(200, "one", { etag: '"v1"' }), plain(304), plain(200, "one", { etag: '"v2"' }));
    const source = httpSource(at());
    const first = await source.read();
    expect(await source.read()).toBe(first);
    // Another ETag, the same content: nothing is new.
    expect(await source.read()).toBe(first);
    expect(seen.map(({ headers }) => headers["if-none-match"])).toEqual([
      undefined,
      '"v1"',
      '"v1"',
    ]);
    expect(source.health?.()).toMatchObject({ etag: '"v2"', lastError: null });
  });

  it("takes a 304 only for the ETag it sent, and then asks for the whole", async () => {
    answers(plain(304));
    await expect(httpSource(at()).read()).rejects.toMatchObject(unreachable(/was given no ETag/));
    answers(
      plain(200, "one", { etag: 'W/"v1"' }),
      plain(304, "", { etag: '"v1"' }),
      plain(304, "", { etag: '"other"' }),
      plain(200, "two"),
    );
    const source = httpSource(at());
    expect(await source.read()).toBe(await source.read());
    await expect(source.read()).rejects.toMatchObject(unreachable(/for another ETag/));
    expect(text(await source.read())).toBe("two");
    expect(seen.at(-1)?.headers["if-none-match"]).toBeUndefined();
  });

  it("joins the request under way", async () => {
    answers(plain(200, "one"));
    const source = httpSource(at());
    const [a, b] = await Promise.all([source.read(), source.read()]);
    expect(a).toBe(b);
    expect(seen).toHaveLength(1);
  });

  it("follows redirects within the host, three at most", async () => {
    answers(
      plain(302, "", { location: "/c" }),
      plain(308, "", { location: at("/d") }),
      plain(200, "x"),
    );
    expect(text(await httpSource(at(), { headers: { authorization: "a" } }).read())).toBe("x");
    expect(seen.map(({ path, headers }) => [path, headers["authorization"]])).toEqual([
      ["/b", "a"],
      ["/c", "a"],
      ["/d", "a"],
    ]);
    answers(plain(301, "", { location: "/b" }));
    await expect(httpSource(at()).read()).rejects.toMatchObject(unreachable(/more than 3 times/));
  });

  it("refuses a redirect to nowhere, and one that a fetch of the host's has followed by itself", async () => {
    answers(plain(302));
    await expect(httpSource(at()).read()).rejects.toMatchObject(unreachable(/to nowhere/));
    answers(plain(302, "", { location: "/c" }), plain(200, "x"));
    const follows = (url: string, options: RequestInit): Promise<Response> =>
      fetch(url, { ...options, redirect: "follow" });
    await expect(httpSource(at(), { fetch: follows }).read()).rejects.toMatchObject(
      unreachable(/could not be checked/),
    );
  });

  it("reads compressed bodies", async () => {
    answers((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("packed"));
    });
    expect(text(await httpSource(at()).read())).toBe("packed");
  });

  it("says what the server answered, and asks again when it is asked again", async () => {
    answers(plain(404), plain(500), plain(206, "half"), plain(200, "whole"));
    const source = httpSource(at());
    for (const status of [404, 500, 206]) {
      await expect(source.read()).rejects.toMatchObject(
        unreachable(new RegExp(`answered ${status}`)),
      );
    }
    expect(source.health?.()).toMatchObject({ lastContact: null });
    expect(text(await source.read())).toBe("whole");
    expect(source.health?.()).toMatchObject({ lastError: null });
  });

  it("gives up on a server that is silent, and on a fetch that heeds no signal", async () => {
    answers(() => undefined);
    const short = { timeoutMs: 1_000, idleTimeoutMs: 20 };
    await expect(httpSource(at(), short).read()).rejects.toMatchObject(
      unreachable(/nothing came for 20 ms/),
    );
    const deaf = (): Promise<Response> => new Promise(() => undefined);
    await expect(httpSource(at(), { ...short, fetch: deaf }).read()).rejects.toMatchObject(
      unreachable(/nothing came/),
    );
  });

  it("takes a body that ends too early for none", async () => {
    answers((_, response) => {
      response.writeHead(200, { "content-length": "10" });
      response.write("half", () => response.destroy());
    });
    await expect(httpSource(at()).read()).rejects.toMatchObject(unreachable(/cannot be read/));
  });

  it("tells nobody what it sends", async () => {
    const secret = "hush-hush";
    const talks = (url: string, { headers }: RequestInit): Promise<Response> =>
      Promise.reject(
        new Error(`failed ${url} ${JSON.stringify(headers)}`, { cause: new Error(secret) }),
      );
    const source = httpSource(at(`/b?sig=${secret}`), {
      headers: { authorization: secret },
      fetch: talks,
    });
    const error: unknown = await source.read().catch((caught: unknown) => caught);
    expect(error).toMatchObject(unreachable(/failed/));
    expect(JSON.stringify([error, String(error), source.name, source.health?.()])).not.toContain(
      secret,
    );
    expect((error as Error).cause).toBeUndefined();
  });

  it.each([
    ["not a url", /cannot be read/],
    ["ftp://127.0.0.1/b", /not https/],
    ["http://policies.example/b", /not https/],
    ["http://127.0.0.1.evil.example/b", /not https/],
    ["https://user:hush@policies.example/b", /a name or a password/],
  ])("refuses %s", (url, words) => {
    expect(() => httpSource(url)).toThrow(expect.objectContaining({ code: "ERR_OPTIONS" }));
    expect(() => httpSource(url)).toThrow(words);
    expect(() => httpSource(url)).not.toThrow(/hush/);
  });

  it("takes plain http on this machine, and beyond it where the host says so", () => {
    for (const host of ["localhost:1", "127.0.0.1", "[::1]:8080"]) httpSource(`http://${host}/b`);
    expect(httpSource("http://policies.mesh/b", { allowHttp: true }).name).toBe(
      "http://policies.mesh/b",
    );
  });

  it.each([
    { pollSeconds: Number.NaN },
    { pollSeconds: -1 },
    { timeoutMs: 0 },
    { idleTimeoutMs: 0 },
  ])("refuses %o", (options) => {
    expect(() => httpSource("https://a.test/b", options)).toThrow("httpSource:");
  });

  it("goes through a fetch of the host's: over TLS with its own authority, or a proxy", async () => {
    await using secure = await startServer(plain(200, "sealed"), { tls: true });
    const url = `${secure.origin}/bucket/b.json?X-Amz-Signature=hush`;
    await expect(httpSource(url).read()).rejects.toMatchObject(unreachable(/self-signed/));
    expect(text(await httpSource(url, { fetch: trustingFetch() }).read())).toBe("sealed");

    answers(plain(200, "by proxy"));
    const proxied = httpSource("http://policies.mesh/b", {
      allowHttp: true,
      fetch: trustingFetch({ proxy: server.origin }),
    });
    expect(text(await proxied.read())).toBe("by proxy");
    expect(seen[0]?.path).toBe("http://policies.mesh/b");
  });

  it("is looked at again and again while somebody watches", async () => {
    answers(plain(200, "x"));
    const source = httpSource(at(), { pollSeconds: 0.005 });
    const reads: Promise<unknown>[] = [];
    let wake: () => void = () => undefined;
    const thrice = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const stop = source.watch?.(() => {
      reads.push(source.read());
      if (reads.length === 3) wake();
    });
    await thrice;
    stop?.();
    await Promise.all(reads);
  });
});

describe("httpTrustSource", () => {
  it("asks for exactly the version that is wanted, and knows where there is none yet", async () => {
    seen = [];
    server.answer = (request, response) => {
      seen.push({ path: request.url ?? "", headers: request.headers });
      response
        .writeHead(request.url?.startsWith("/trust/root-2.json") === true ? 200 : 404)
        .end("two");
    };
    const source = httpTrustSource(at("/trust/?k=hush"), { headers: { authorization: "a" } });
    expect(source.name).toBe(at("/trust/"));
    expect(text((await source.read(2)) ?? new Uint8Array())).toBe("two");
    expect(await source.read(3)).toBeNull();
    expect(seen.map(({ path }) => path)).toEqual([
      "/trust/root-2.json?k=hush",
      "/trust/root-3.json?k=hush",
    ]);
    answers(plain(503));
    await expect(source.read(3)).rejects.toMatchObject(unreachable(/answered 503/));
  });
});

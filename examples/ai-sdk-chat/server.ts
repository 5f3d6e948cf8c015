import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chat } from "./route.ts";

/** Who is behind a cookie. A sign-in of yours gives these out; this one signs in whoever asks. */
const USERS: ReadonlyMap<string, string> = new Map([
  ["token-of-ann", "ann"],
  ["token-of-bob", "bob"],
]);

const HTML = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width" />
  <title>Shop</title>
  <link rel="stylesheet" href="/page.css" />
  <div id="root"></div>
  <script type="module" src="/page.js"></script>
</html>
`;

/** A server that runs. */
export interface Running {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the page and the route behind it on this machine alone.
 *
 * @param port - 0 for one that is free
 */
export async function serve(port: number): Promise<Running> {
  const page = await bundlePage();
  const server = createServer((incoming, outgoing) => {
    answer(incoming, page)
      .then((response) => send(response, outgoing))
      .catch((error: unknown) => outgoing.destroy(error as Error)); // as it was thrown
  });
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: taken } = server.address() as AddressInfo; // a TCP port was asked for
  return {
    url: `http://127.0.0.1:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The files of the page by their path, put together for a browser. */
async function bundlePage(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page.jsx", import.meta.url))],
    outdir: "/",
    bundle: true,
    format: "esm",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    minify: true,
    write: false,
  });
  return new Map(outputFiles.map(({ path, text }) => [path.replaceAll("\\", "/"), text]));
}

async function answer(
  incoming: IncomingMessage,
  page: ReadonlyMap<string, string>,
): Promise<Response> {
  const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://localhost");
  if (pathname === "/") {
    const cookie = `session=token-of-${searchParams.get("as") ?? "ann"}; HttpOnly; SameSite=Strict`;
    return new Response(HTML, { headers: { "content-type": "text/html", "set-cookie": cookie } });
  }
  if (pathname === "/api/chat" && incoming.method === "POST") {
    const id = userOf(incoming);
    return id === undefined
      ? new Response("Sign in first.", { status: 401 })
      : chat(requestOf(incoming), { id });
  }
  const file = page.get(pathname);
  if (file === undefined) return new Response("Not found", { status: 404 });
  const type = pathname.endsWith(".css") ? "text/css" : "text/javascript";
  return new Response(file, { headers: { "content-type": type } });
}

function userOf({ headers }: IncomingMessage): string | undefined {
  return USERS.get(/(?:^|; )session=([^;]*)/.exec(headers.cookie ?? "")?.[1] ?? "");
}

function requestOf(incoming: IncomingMessage): Request {
  return new Request("http://localhost/api/chat", {
    method: "POST",
    body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, // Node's own type of the same stream
    duplex: "half",
  });
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  for await (const chunk of response.body ?? []) outgoing.write(chunk);
  outgoing.end();
}

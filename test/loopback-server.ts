import { createServer, request as httpRequest, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer, request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

/** A certificate for this machine, signed by itself. Its key is here for all to read and guards nothing. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBqjCCAU+gAwIBAgIUQeqwmU5E4mfQiYnC+i5B06FRma0wCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQaW50ZXJsYXRjaCB0ZXN0czAgFw0yNjExMjIxOTE2NDZaGA8y
MTI2MTAyOTE5MTY0NlowGzEZMBcGA1UEAwwQaW50ZXJsYXRjaCB0ZXN0czBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABLe+SytdDu49qPk+YTJ/NkRzctx6g2UL9neg
I8DQyTfMeai2ul/hVxvPAvbeJPoDufnCkCkB8Z/rSgysDFPcPbSjbzBtMB0GA1Ud
DgQWBBSGlQTTBoAwsn6we3zTKza/fUB2LDAfBgNVHSMEGDAWgBSGlQTTBoAwsn6w
e3zTKza/fUB2LDAPBgNVHRMBAf8EBTADAQH/MBoGA1UdEQQTMBGCCWxvY2FsaG9z
dIcEfwAAATAKBggqhkjOPQQDAgNJADBGAiEAjnWLj/xK+u9bDzcZTbPbJYiJKGG3
snRdnN0vRaZcrUACIQDWD3rfclYVIM/HaVN61OKprAGeo8dra8AGT+5C0zLbcg==
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHGIenvDh3rxyO05E
tHBWz6S+8mtYiQCG4DnsA0iic5uhRANCAAS3vksrXQ7uPaj5PmEyfzZEc3LceoNl
C/Z3oCPA0Mk3zHmotrpf4VcbzwL23iT6A7n5wpApAfGf60oMrAxT3D20
-----END PRIVATE KEY-----
`;

/** A server on this machine, at a port of the system's choosing. What it answers can be replaced at any time. */
export interface LoopbackServer extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly origin: string;
  answer: RequestListener;
  close(): Promise<void>;
}

/** Starts a server; `tls`: with a certificate that nobody trusts who was not told to, see {@link trustingFetch}. */
export async function startServer(
  answer: RequestListener,
  { tls = false }: { readonly tls?: boolean } = {},
): Promise<LoopbackServer> {
  const listener: RequestListener = (request, response) => started.answer(request, response);
  const server: Server = tls
    ? createSecureServer({ cert: CERTIFICATE, key: KEY }, listener)
    : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const started: LoopbackServer = {
    origin: `http${tls ? "s" : ""}://127.0.0.1:${port}`,
    answer,
    close,
    [Symbol.asyncDispose]: close,
  };
  return started;
}

/** A `fetch` over Node's own client: with the certificate of {@link startServer}, or through a proxy. */
export function trustingFetch({ proxy }: { readonly proxy?: string } = {}) {
  return (url: string, { headers, signal }: RequestInit): Promise<Response> =>
    new Promise((resolve, reject) => {
      const target = new URL(url);
      const send = proxy === undefined && target.protocol === "https:" ? httpsRequest : httpRequest;
      const via =
        proxy === undefined
          ? {}
          : { hostname: new URL(proxy).hostname, port: new URL(proxy).port, path: url };
      const sent = send(
        target,
        {
          ...via,
          ca: CERTIFICATE,
          headers: headers as Record<string, string>, // as the sources send them
          ...(signal ? { signal } : {}),
        },
        (message) => {
          const { statusCode: status = 0 } = message;
          const empty = status === 204 || status === 304;
          if (empty) message.resume();
          const body = empty ? null : (Readable.toWeb(message) as ReadableStream); // the same class
          const fields = Object.entries(message.headers).map(([name, value]) => [
            name,
            String(value),
          ]);
          resolve(new Response(body, { status, headers: Object.fromEntries(fields) as never }));
        },
      );
      sent.on("error", reject);
      sent.end();
    });
}

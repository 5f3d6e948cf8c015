import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A port before a server, whose way can be cut and mended. */
export interface Relay {
  readonly port: number;
  /** `gone`: connections break, and new ones too. `silent`: they stand, and nothing comes through any more. */
  become(state: "open" | "gone" | "silent"): void;
  close(): void;
}

/** @param target - the port of a server of this machine */
export async function startRelay(target: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let state = "open";
  const server = createServer((from) => {
    if (state === "gone") return void from.destroy();
    const to = connect(target, "127.0.0.1");
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(one);
      one.on("data", (data) => {
        if (state !== "silent") other.write(data);
      });
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    become: (next) => {
      state = next;
      // What was silent has lost data; only a new connection is sound.
      for (const socket of sockets) if (next !== "silent") socket.destroy();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

import { withAnswer, type Sdk, type UIMessage } from "./majors.ts";

/** One chunk of what a server sends to a user interface, as far as tests read it. */
export interface Chunk {
  readonly type: string;
  readonly toolCallId?: string;
  readonly output?: unknown;
  readonly errorText?: string;
  readonly isAutomatic?: boolean;
  readonly approved?: boolean;
  readonly reason?: string;
}

/** The chunks of a response, read as a client reads them: server-sent events, each with a line of JSON. */
export async function chunksOf(response: Response): Promise<readonly Chunk[]> {
  const events = (await response.text()).split("\n\n").filter((event) => event !== "");
  const data = events.map((event) => event.replace(/^data: /, ""));
  return data.filter((text) => text !== "[DONE]").map((text) => JSON.parse(text) as Chunk);
}

/** A conversation with those chunks added, as `useChat` holds it. */
export function withChunks(
  sdk: Sdk,
  history: readonly UIMessage[],
  chunks: readonly Chunk[],
): Promise<readonly UIMessage[]> {
  return withAnswer(sdk, history, ReadableStream.from(chunks));
}

/** What a response says of its tool calls, in order, one word a chunk. */
export function toolChunks(chunks: readonly Chunk[]): readonly string[] {
  return chunks
    .filter(({ type }) => type.startsWith("tool-") && !type.startsWith("tool-input"))
    .map(({ type, isAutomatic, approved }) =>
      [
        type,
        isAutomatic === true ? "automatic" : "",
        approved === undefined ? "" : String(approved),
      ]
        .filter((word) => word !== "")
        .join(" "),
    );
}

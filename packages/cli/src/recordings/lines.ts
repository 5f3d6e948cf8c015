/** A line longer than this is not kept, in bytes: arguments may have 1 MiB. */
const MAX_BYTES = 8_388_608;

/** One line of a file: its text, or why it has none. */
export type Line = { readonly text: string } | { readonly why: string };

/**
 * Splits bytes into lines. Memory stays bounded whatever is in the file: a small compressed file may hold a line
 * of many gigabytes.
 */
export async function* linesOf(pieces: AsyncIterable<unknown>): AsyncGenerator<Line> {
  let open: Uint8Array[] = [];
  let size = 0;
  const add = (part: Uint8Array): void => {
    size += part.length;
    if (size <= MAX_BYTES) open.push(part);
    else open = [];
  };
  const end = (): Line => {
    const line = size > MAX_BYTES ? { why: "it is longer than 8 MiB" } : decoded(open);
    open = [];
    size = 0;
    return line;
  };
  for await (const piece of pieces) {
    const bytes = piece as Uint8Array; // a stream without an encoding gives bytes
    let start = 0;
    for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, start)) {
      add(bytes.subarray(start, at));
      yield end();
      start = at + 1;
    }
    add(bytes.subarray(start));
  }
  if (size > 0) yield end();
}

const LINE_END = 0x0a;
const UTF8 = new TextDecoder("utf-8", { fatal: true });

function decoded(parts: readonly Uint8Array[]): Line {
  try {
    return { text: UTF8.decode(Buffer.concat(parts)) };
  } catch {
    return { why: "it is not UTF-8" };
  }
}

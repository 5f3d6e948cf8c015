import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { createGunzip } from "node:zlib";
import { InterlatchError } from "@interlatch/core";
import { asFileError } from "../files.ts";
import type { Io } from "../io.ts";
import { counted, type Output } from "../output.ts";
import { progress } from "../progress.ts";
import { callsOfLine, LineFault, type StandIn } from "./line.ts";
import { type Line, linesOf } from "./lines.ts";
import type { BadLine, Recording } from "./recording.ts";

/** How many bad lines a message shows. */
const SHOWN = 10;

/** What files of recorded calls hold. */
export interface Recordings {
  readonly calls: readonly Recording[];
  readonly bad: readonly BadLine[];
}

/** How files of recorded calls are read. */
export interface ReadOptions {
  readonly standIn: StandIn;
  /** Goes on past lines that hold no call; they are counted all the same. */
  readonly skipBad: boolean;
}

/**
 * Reads files of recorded calls, `*.jsonl` and `*.jsonl.gz`, line by line.
 *
 * @throws ERR_FILE when a file cannot be read, or holds a bad line that is not to be skipped: each is named
 */
export async function readRecordings(
  io: Io,
  files: readonly string[],
  options: ReadOptions,
  output: Output,
): Promise<Recordings> {
  const calls: Recording[] = [];
  const bad: BadLine[] = [];
  const told = progress(output, "reading calls");
  for (const file of files) {
    await asFileError(`${file} cannot be read`, () =>
      readFile(resolve(io.cwd, file), file, options.standIn, (found) => {
        if ("why" in found) bad.push(found);
        else calls.push(found);
        told(calls.length);
      }),
    );
  }
  if (bad.length > 0 && !options.skipBad) throw badLines(bad);
  return { calls, bad };
}

async function readFile(
  path: string,
  shown: string,
  standIn: StandIn,
  found: (found: Recording | BadLine) => void,
): Promise<void> {
  // Opening a pipe would wait for whoever writes to it.
  if (!(await stat(path)).isFile()) throw new Error("it is not an ordinary file");
  const bytes = createReadStream(path);
  const input = path.endsWith(".gz") ? bytes.pipe(createGunzip()) : bytes;
  // A pipe does not hand errors on: a file that goes away would wait for ever.
  bytes.once("error", (error) => input.destroy(error));
  try {
    let number = 0;
    for await (const line of linesOf(input)) {
      number += 1;
      for (const one of readLine(line, `${shown}:${number}`, standIn)) found(one);
    }
  } finally {
    bytes.destroy();
  }
}

function readLine(line: Line, at: string, standIn: StandIn): readonly (Recording | BadLine)[] {
  if ("why" in line) return [{ at, why: line.why }];
  if (line.text.trim() === "") return [];
  try {
    return callsOfLine(JSON.parse(line.text), at, standIn);
  } catch (error) {
    if (error instanceof LineFault) return [{ at, why: error.message }];
    if (error instanceof SyntaxError) return [{ at, why: "it is not JSON" }];
    throw error;
  }
}

function badLines(bad: readonly BadLine[]): InterlatchError {
  const list = bad.slice(0, SHOWN).map(({ at, why }) => `\n  ${at}: ${why}`);
  const more = bad.length > SHOWN ? `\n  and ${bad.length - SHOWN} more` : "";
  return new InterlatchError(
    "ERR_FILE",
    `${counted(bad.length, "line")} hold no call; --skip-bad goes on without:${list.join("")}${more}`,
  );
}

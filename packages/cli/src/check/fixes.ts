import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import type { FixedDiagnostic, PolicySource } from "@interlatch/policy";
import { asFileError, readText, replaceFile } from "../files.ts";
import type { Output } from "../output.ts";

/** A file of which the text is another now. */
export interface ChangedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** The files that fixes changed. */
export function changedFiles(
  before: readonly PolicySource[],
  after: readonly PolicySource[],
): readonly ChangedFile[] {
  return before.flatMap(({ path, text }, index) => {
    const now = after[index]?.text ?? text;
    return now === text ? [] : [{ path, before: text, after: now }];
  });
}

/**
 * Writes changed files. A file that somebody saved in the meantime is left as it is.
 *
 * @param base - the folder that the paths of files start from, absolute
 * @throws ERR_FILE
 */
export async function writeChanges(base: string, changed: readonly ChangedFile[]): Promise<void> {
  for (const { path, before, after } of changed) {
    // Through a link, so that the link stays one.
    const place = await asFileError(`${path} cannot be written`, () =>
      realpath(resolve(base, path)),
    );
    if ((await readText(place, path)) !== before) {
      const message = `${path} was changed while it was checked, and is left as it is. Run the command again.`;
      throw new InterlatchError("ERR_FILE", message);
    }
    await replaceFile(place, path, after);
  }
}

/** Prints what was put right: each with its place, what was done, and the lines before and after. */
export function printFixes(
  fixed: readonly FixedDiagnostic[],
  changed: readonly ChangedFile[],
  { note, paint }: Output,
): void {
  for (const { file, line, column, code, fix } of fixed)
    note(
      `${paint.bold(`${file}:${line}:${column}`)} ${paint.green("fixed")} ${paint.dim(code)} ${fix.title}`,
    );
  for (const { path, before, after } of changed) {
    note(`\n${paint.bold(path)}`);
    for (const { sign, line, text } of changedLines(before, after)) {
      const written = `  ${String(line).padStart(5)} ${sign} ${text}`;
      note(sign === "-" ? paint.red(written) : paint.green(written));
    }
  }
  if (fixed.length > 0) note("");
}

interface ChangedLine {
  readonly sign: "-" | "+";
  /** In the text it stands in, from 1. */
  readonly line: number;
  readonly text: string;
}

/**
 * The lines that differ. Fixes replace a part of a line or take whole lines away, and never put one in, so that the
 * lines that stay stand in the same order.
 */
function changedLines(before: string, after: string): readonly ChangedLine[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const lines: ChangedLine[] = [];
  let at = 0;
  for (const [index, text] of old.entries()) {
    const left = old.length - index;
    const leftNow = now.length - at;
    if (now[at] === text && leftNow <= left) at++;
    else {
      lines.push({ sign: "-", line: index + 1, text });
      const isReplaced = leftNow === left || (leftNow > 0 && isEdited(text, now[at] ?? ""));
      if (isReplaced) lines.push({ sign: "+", line: ++at, text: now[at - 1] ?? "" });
    }
  }
  return lines;
}

/** Whether a line is another with quotes put in or its comment taken off. */
function isEdited(text: string, edited: string): boolean {
  const bare = (line: string): string => line.replaceAll("'", "").trimEnd();
  return (
    bare(edited) !== "" && (bare(text) === bare(edited) || bare(text).startsWith(bare(edited)))
  );
}

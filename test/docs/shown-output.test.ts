import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { childEnvironment, ROOT, runNode } from "../tasks/child.ts";
import { commandsOf, wantedBy } from "./commands.ts";
import type { Block, Document } from "./document.ts";
import { allDocuments } from "./documents.ts";
import { writeShop } from "./shop.ts";

/** A block that shows what a command prints, shortened with lines of `…`. */
interface Shown extends Block {
  readonly at: string;
  readonly document: Document;
}

function shownFrom(documents: readonly Document[], note: string): readonly Shown[] {
  return documents.flatMap((document) =>
    document.blocks
      .filter(({ notes }) => notes.includes(note))
      .map((block) => ({ ...block, document, at: `${document.path}:${block.line}` })),
  );
}

const documents = await allDocuments();
const environment = childEnvironment(false);
const lines = (text: string): string[] => text.split("\n").map((line) => line.trimEnd());

/** The lines of a block that were not printed in that order. */
function notPrinted({ text }: Block, output: string): readonly string[] {
  const printed = lines(output);
  let from = 0;
  return lines(text).filter((wanted) => {
    if (wanted === "…") return false;
    const found = printed.indexOf(wanted, from);
    if (found === -1) return true;
    from = found + 1;
    return false;
  });
}

/** The last `interlatch` command above a block. */
function commandAbove({ document, line }: Shown): readonly string[] {
  const above = commandsOf(document)
    .filter((command) => command.line < line)
    .map(wantedBy)
    .findLast(({ kind }) => kind === "interlatch");
  if (above?.kind !== "interlatch") throw new Error("no interlatch command above");
  return above.words.map((word) => word.replace(/^(['"])(.*)\1$/s, "$2"));
}

describe("what documents show of a command is what it prints", () => {
  it("of the demo", { timeout: 60_000 }, async () => {
    const shown = shownFrom(documents, "from demo");
    expect(shown.length).toBeGreaterThan(0);
    const { code, output } = await runNode("examples/shared-bundle/demo.ts", [], { environment });
    expect(code, output).toBe(0);
    for (const block of shown) expect(notPrinted(block, output), block.at).toEqual([]);
  });

  it.each(shownFrom(documents, "from interlatch"))("of interlatch, $at", async (block) => {
    const folder = await mkdtemp(join(tmpdir(), "interlatch-docs-"));
    try {
      await writeShop(folder);
      const command = join(ROOT, "packages/cli/src/bin.ts");
      const { code, output } = await runNode(command, commandAbove(block), { folder, environment });
      expect(code, output).toBe(0);
      expect(notPrinted(block, output), output).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("finds a line that was not printed, and one in the wrong order", () => {
    const text = "b\n…\na\nc";
    expect(notPrinted({ text, language: "text", line: 1, notes: [] }, "a\nb  \nx\nc")).toEqual([
      "a",
    ]);
  });
});

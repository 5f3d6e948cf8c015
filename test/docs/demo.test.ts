import { expect, it } from "vitest";
import { childEnvironment, runNode } from "../tasks/child.ts";
import { allDocuments } from "./documents.ts";

/** Blocks that show what `pnpm demo` prints, shortened with lines of `…`. */
const shown = (await allDocuments()).flatMap(({ path, blocks }) =>
  blocks.filter(({ notes }) => notes.includes("from demo")).map((block) => ({ ...block, path })),
);

const withoutEnds = (text: string): string[] => text.split("\n").map((line) => line.trimEnd());

it(
  "what documents show of the demo is what it prints, in that order",
  { timeout: 60_000 },
  async () => {
    expect(shown.length).toBeGreaterThan(0);
    const demo = await runNode("examples/shared-bundle/demo.ts", [], {
      environment: childEnvironment(false),
    });
    expect(demo.code, demo.output).toBe(0);
    const printed = withoutEnds(demo.output);
    for (const { path, text, line } of shown) {
      let from = 0;
      for (const [index, wanted] of withoutEnds(text).entries()) {
        if (wanted === "…") continue;
        const found = printed.indexOf(wanted, from);
        expect(found, `${path}:${line + index} is not what the demo prints: ${wanted}`).not.toBe(
          -1,
        );
        from = found + 1;
      }
    }
  },
);

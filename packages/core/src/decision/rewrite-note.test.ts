import { describe, expect, it } from "vitest";
import { rewriteNote } from "./rewrite-note.ts";

describe("the note on changed arguments", () => {
  it("is none where nothing was changed", () => {
    expect(rewriteNote([])).toBeNull();
  });

  it("names each argument that was changed, from what and to what", () => {
    const kind = "max_batch_size";
    const note = rewriteNote([
      { kind, path: "arguments.size", from: 5000, to: 100 },
      { kind, path: "arguments.ids", from: 12, to: 3 },
    ]);
    expect(note).toBe(
      "The policy changed this call before it ran: arguments.size was reduced from 5000 to 100; arguments.ids was reduced from 12 to 3.",
    );
  });
});

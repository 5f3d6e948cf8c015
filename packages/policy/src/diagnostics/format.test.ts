import { describe, expect, it } from "vitest";
import type { Diagnostic } from "./diagnostic.ts";
import { formatDiagnostic } from "./format.ts";

const diagnostic: Diagnostic = {
  code: "unknown_key",
  severity: "error",
  file: "policy.yaml",
  line: 7,
  column: 5,
  endLine: 7,
  endColumn: 10,
  message: "`acton` is not a key of a rule.",
  hint: "Did you mean `action`?",
  excerpt: "    acton: allow",
};

describe("formatDiagnostic", () => {
  it("prints place, message, line with caret, hint", () => {
    expect(formatDiagnostic(diagnostic).split("\n")).toEqual([
      "policy.yaml:7:5 error unknown_key",
      "  `acton` is not a key of a rule.",
      "  7 |     acton: allow",
      "    |     ^^^^^",
      "  hint: Did you mean `action`?",
    ]);
  });

  it("colours only when asked to", () => {
    expect(formatDiagnostic(diagnostic)).not.toContain("\u001b");
    expect(formatDiagnostic(diagnostic, { colour: true })).toContain("\u001b[31merror\u001b[0m");
  });

  it("keeps the caret under its character after tabs", () => {
    const text = formatDiagnostic({
      ...diagnostic,
      excerpt: "\tacton: allow",
      column: 2,
      endColumn: 7,
    });
    expect(text).toContain("\n    | \t^^^^^\n");
  });

  it("shows a long line around the place that is meant", () => {
    const excerpt = `${"a, ".repeat(100)}wrong${", b".repeat(20)}`;
    const text = formatDiagnostic({ ...diagnostic, excerpt, column: 301, endColumn: 306 });
    const [, , source = "", caret = ""] = text.split("\n");
    expect(source.length).toBeLessThan(140);
    expect(source.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("wrong");
  });

  it("lets no control character of a policy reach the terminal", () => {
    const text = formatDiagnostic({ ...diagnostic, excerpt: "a\u001b[2Jb\u202ec" });
    expect(text).not.toMatch(/[\u001b\u202e]/);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryDocument, laidOut } from "../../../../test/arbitrary-layout.ts";
import { compilePolicy } from "../compile.ts";
import { formatPolicy } from "./format.ts";
import { verifies } from "../../../../test/verifies.ts";

const document = fc
  .tuple(arbitraryDocument, fc.integer())
  .map(([value, seed]) => laidOut(value, seed));

function formatted(text: string): string {
  const result = formatPolicy(text, "policy.yaml");
  if (!result.ok)
    throw new Error(
      `${result.errors.map((one) => `${one.line}:${one.column} ${one.message}`).join("\n")}\n${text}`,
    );
  return result.text;
}

/** What is signed of a text, but for the lines in it. */
async function compiled(text: string): Promise<string> {
  const result = await compilePolicy({ files: [{ path: "policy.yaml", text }] });
  if (!result.ok) throw new Error(`${result.errors[0]?.message}\n${text}`);
  return JSON.stringify(result.policy, (key, value: unknown) => (key === "at" ? undefined : value));
}

describe("formatting any layout", () => {
  verifies("format.meaning", "changes nothing that is signed", async () => {
    await fc.assert(
      fc.asyncProperty(document, async ({ text }) => {
        expect(await compiled(formatted(text))).toBe(await compiled(text));
      }),
      { numRuns: 120 },
    );
  });

  verifies("format.comments", "keeps every comment, each once", () => {
    fc.assert(
      fc.property(document, ({ text, comments }) => {
        const lines = formatted(text);
        for (const comment of comments) expect(lines.split(comment)).toHaveLength(2);
      }),
      { numRuns: 120 },
    );
  });

  verifies("format.settled", "changes nothing the second time", () => {
    fc.assert(
      fc.property(document, ({ text }) => {
        const once = formatted(text);
        expect(formatted(once)).toBe(once);
      }),
      { numRuns: 120 },
    );
  });

  it("answers whatever signs somebody types into a file, and settles where it formats", () => {
    const signs = [
      "#",
      " # x\n",
      "'",
      '"',
      ": ",
      "- ",
      "{",
      "}",
      "[",
      "]",
      ",",
      "|",
      "\t",
      "!",
      "&a",
      "?",
    ];
    const slips = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...signs)), { maxLength: 3 });
    let count = 0;
    fc.assert(
      fc.property(document, slips, ({ text }, typed) => {
        let written = text;
        for (const [place, sign] of typed) {
          const at = place % written.length;
          written = `${written.slice(0, at)}${sign}${written.slice(at)}`;
        }
        const result = formatPolicy(written, "policy.yaml");
        if (result.ok) {
          count++;
          expect(formatted(result.text)).toBe(result.text);
        } else expect(result.errors.length).toBeGreaterThan(0);
      }),
      { numRuns: 120 },
    );
    expect(count).toBeGreaterThan(30);
  });

  it("indents by two and breaks what is in braces and longer than 100 columns", () => {
    fc.assert(
      fc.property(document, ({ text }) => {
        let isText = false;
        for (const line of formatted(text).split("\n")) {
          if (/[|>][-+]?(?: #.*)?$/.test(line)) isText = true;
          else if (/^\s*[\w"-]+:/.test(line)) isText = false;
          if (isText || line.trim() === "") continue;
          expect((line.length - line.trimStart().length) % 2, line).toBe(0);
          const inBraces = /^\s*(?:- |[\w]+: )?[[{]/.test(line);
          if (inBraces)
            expect(line.replace(/ # comment.*/, "").length, line).toBeLessThanOrEqual(100);
        }
      }),
      { numRuns: 100 },
    );
  });
});

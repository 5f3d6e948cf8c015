import type { Diagnostic } from "@interlatch/policy";
import { describe, expect, it } from "vitest";
import { githubAnnotation } from "./github.ts";
import { sarifLog } from "./sarif.ts";
import { verifies } from "../../../../test/verifies.ts";

const FINDING: Diagnostic = {
  code: "unused_define",
  severity: "warning",
  file: "policies/a b#1.yaml",
  line: 3,
  column: 5,
  endLine: 3,
  endColumn: 9,
  message: "Nothing uses the condition `a`.",
  hint: "Leave it out.",
  fix: {
    title: "Removes it.",
    edits: [
      { file: "policies/a b#1.yaml", line: 3, column: 1, endLine: 4, endColumn: 1, text: "" },
    ],
  },
  excerpt: "    a: x",
};

describe("sarifLog", () => {
  it("gives a log of the form 2.1.0 with rules, places and fixes", async () => {
    expect(
      await sarifLog([FINDING, { ...FINDING, code: "unknown_key", severity: "error" }]),
    ).toEqual({
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [
        {
          tool: {
            driver: {
              name: "interlatch",
              semanticVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
              informationUri: expect.stringMatching(/^https:/),
              rules: [
                expect.objectContaining({
                  id: "unknown_key",
                  defaultConfiguration: { level: "error" },
                }),
                {
                  id: "unused_define",
                  shortDescription: { text: "A named condition that nothing uses." },
                  helpUri: expect.stringMatching(/^https:/),
                  defaultConfiguration: { level: "warning" },
                },
              ],
            },
          },
          columnKind: "utf16CodeUnits",
          results: [
            {
              ruleId: "unused_define",
              ruleIndex: 1,
              level: "warning",
              message: { text: "Nothing uses the condition `a`. Leave it out." },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: "policies/a%20b%231.yaml" },
                    region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 9 },
                  },
                },
              ],
              fixes: [
                {
                  description: { text: "Removes it." },
                  artifactChanges: [
                    {
                      artifactLocation: { uri: "policies/a%20b%231.yaml" },
                      replacements: [
                        {
                          deletedRegion: { startLine: 3, startColumn: 1, endLine: 4, endColumn: 1 },
                          insertedContent: { text: "" },
                        },
                      ],
                    },
                  ],
                },
              ],
            },
            expect.objectContaining({ ruleId: "unknown_key", ruleIndex: 0, level: "error" }),
          ],
        },
      ],
    });
  });

  it("gives a run without results where nothing was found", async () => {
    expect(await sarifLog([])).toMatchObject({
      runs: [{ results: [], tool: { driver: { rules: [] } } }],
    });
  });
});

describe("githubAnnotation", () => {
  it("is a workflow command with the place, the code and the hint", () => {
    expect(githubAnnotation(FINDING)).toBe(
      "::warning file=policies/a b#1.yaml,line=3,col=5,endColumn=8,title=interlatch unused_define::Nothing uses the condition `a`.%0ALeave it out.",
    );
  });

  it("names the last line where a finding has several", () => {
    expect(githubAnnotation({ ...FINDING, endLine: 7 })).toContain("line=3,endLine=7,title=");
  });

  verifies("lint.annotations", "lets nothing in a policy end the command or begin another", () => {
    const hostile = {
      ...FINDING,
      file: "a:b,c%\n::error ::.yaml",
      message: "x\r\n::set-output name=a::b%",
    };
    expect(githubAnnotation(hostile)).toBe(
      "::warning file=a%3Ab%2Cc%25%0A%3A%3Aerror %3A%3A.yaml,line=3,col=5,endColumn=8,title=interlatch unused_define::x%0D%0A::set-output name=a::b%25%0ALeave it out.",
    );
  });
});

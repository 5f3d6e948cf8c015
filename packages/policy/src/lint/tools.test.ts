import { describe, expect, it } from "vitest";
import { warningsOf } from "../../test/warnings.ts";

/** The warnings of one tool and some rules; the tool stands in line 5. */
async function warnings(tool: string, ...rules: readonly string[]): Promise<readonly string[]> {
  const written = rules.map((rule) => `  - { ${rule} }\n`).join("");
  return warningsOf(
    `interlatch: 1\nid: x\nagents: { all: { when: "true", tools: "*" } }\ntools:\n  ${tool}\n${written === "" ? "" : `rules:\n${written}`}`,
  );
}

describe("a tool that nothing holds back", () => {
  it("is found where it deletes, executes, spends or sends and a rule always allows it", async () => {
    for (const operation of ["delete", "execute", "spend", "egress"]) {
      expect(
        await warnings(
          `wipe: { operation: ${operation}, resources: none }`,
          "name: r, tool: wipe, action: allow",
        ),
      ).toEqual([
        `5:3 unguarded_tool: No rule can deny or review a call of \`wipe\` (${operation}): the rule \`r\` allows them all.`,
      ]);
    }
    expect(
      await warnings(
        "wipe: { operation: delete, resources: none, default: allow }",
        "name: r, tool: wipe, when: risk > 5, action: allow",
      ),
    ).toEqual([
      "5:3 unguarded_tool: No rule can deny or review a call of `wipe` (delete): its `default` allows them all.",
    ]);
  });

  it.each([
    [
      "it reads or writes",
      "t: { operation: write, resources: none }",
      ["name: r, tool: t, action: allow"],
    ],
    [
      "a condition allows it",
      "t: { operation: spend, resources: none }",
      ["name: r, tool: t, when: risk > 5, action: allow"],
    ],
    [
      "a limit can deny it",
      "t: { operation: spend, resources: none }",
      ["name: r, tool: t, action: allow, rate_limit: 5 calls/day"],
    ],
    [
      "another rule can deny it",
      "t: { operation: spend, resources: none }",
      ["name: r, tool: t, action: allow", "name: s, tool: t, when: risk > 90, action: review"],
    ],
  ])("is not where %s", async (_what, tool, rules) => {
    expect(await warnings(tool, ...rules)).toEqual([]);
  });

  it("is found where it changes something by `default: allow` alone", async () => {
    expect(await warnings("t: { operation: write, resources: none, default: allow }")).toEqual([
      "5:3 default_allow_unruled: The tool `t` (write) has `default: allow` and no rule, so every call of it is allowed.",
    ]);
    expect(await warnings("t: { operation: read, resources: none, default: allow }")).toEqual([]);
  });
});

describe("names of tools that look alike", () => {
  it.each([
    ["send_mail", "Send-Mail"],
    ["pay1", "payl"],
    ["pay0", "payO"],
    ["form", "forrn"],
    ["list.users", "list/users"],
  ])("are found: %s and %s", async (first, second) => {
    const text = `interlatch: 1\nid: x\nagents: { all: { when: "true", tools: "**" } }\ntools:\n  ${first}: { operation: read, resources: none, default: allow }\n  ${second}: { operation: read, resources: none, default: allow }\n`;
    expect(await warningsOf(text)).toEqual([
      `6:3 look_alike_tools: The tool \`${second}\` looks like the tool \`${first}\`, and is another one.`,
    ]);
  });

  it("are errors where they are not ASCII", async () => {
    await expect(warnings("s\u0435nd: { operation: read }")).rejects.toThrow(
      "is no name of a tool",
    );
  });
});

describe("an argument that says whom a call reaches", () => {
  const TOOL = (operation: string, name: string, more = ""): string =>
    `t: { operation: ${operation}, resources: none${more}, arguments: { type: object, properties: { ${name}: { type: string } }, required: [${name}] } }`;
  const found = async (tool: string, ...rules: readonly string[]): Promise<readonly string[]> =>
    (await warnings(tool, ...rules)).filter((line) => line.includes("identity_argument"));

  it.each([
    "to",
    "cc",
    "bcc",
    "recipient",
    "recipients",
    "iban",
    "account",
    "to_account",
    "accountNumber",
    "url",
    "target_url",
    "webhookUrl",
    "host",
    "email",
    "user",
    "user_id",
    "participants",
    "attendees",
  ])("is found where no rule reads it: %s", async (name) => {
    expect(await found(TOOL("egress", name), "name: r, tool: t, action: allow")).toEqual([
      `5:85 identity_argument_unread: \`arguments.${name}\` says whom or what a call of \`t\` (egress) reaches, and no rule for it reads it.`,
    ]);
  });

  it.each(["body", "tone", "subject", "total", "urgent", "hosting", "tokens", "accounting_note"])(
    "is not seen in other names: %s",
    async (name) => {
      expect(await found(TOOL("write", name), "name: r, tool: t, action: allow")).toEqual([]);
    },
  );

  it.each([
    ["the tool reads", TOOL("read", "to"), ["name: r, tool: t, action: allow"]],
    [
      "a rule reads it",
      TOOL("write", "to"),
      [
        "name: r, tool: t, action: allow",
        'name: s, tool: t, when: arguments.to == "x", action: deny',
      ],
    ],
    [
      "a rule reads all arguments",
      TOOL("write", "to"),
      [
        "name: r, tool: t, action: allow",
        "name: s, tool: t, when: size(arguments) > 3, action: deny",
      ],
    ],
    [
      "a person looks at every call",
      TOOL("write", "to"),
      ["name: r, tool: t, action: review", "name: s, tool: t, when: risk > 3, action: allow"],
    ],
    [
      "no call is allowed",
      TOOL("write", "to"),
      ["name: r, tool: t, when: risk > 3, action: review"],
    ],
    [
      "its resources hold it",
      TOOL("egress", "url").replace(
        "resources: none",
        'resources: { endpoints: ["{arguments.url}"] }',
      ),
      ["name: r, tool: t, action: allow"],
    ],
  ])("is not told where %s", async (_what, tool, rules) => {
    expect(await found(tool, ...rules)).toEqual([]);
  });
});

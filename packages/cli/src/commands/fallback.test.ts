import { describe, expect } from "vitest";
import { workplace } from "../../../../test/cli/command-line.ts";
import { verifies } from "../../../../test/verifies.ts";

const POLICY = `interlatch: 1
id: desk
tools:
  send: { operation: egress }
  draft: { operation: write }
  refund: { operation: spend }
rules:
  - { name: no_mail, tool: send, action: deny, fallback: { tool: draft, arguments: { text: "For {arguments.to}" } } }
  - { name: drafts, tool: draft, unless: 'arguments.text.contains("Eve")', action: allow }
  - { name: no_refunds, tool: refund, action: deny, fallback: { route: support } }
fallback: { message: "No: {reason}" }
`;

function place() {
  const made = workplace();
  made.write("p.yaml", POLICY);
  return made;
}

describe("a fallback that does more than tell", () => {
  verifies("fallback.tools", "is compared by tests", async () => {
    const { write, json } = place();
    const send = (to: string) => `call: { tool: send, arguments: { to: ${to} } }`;
    const hop = (to: string) => `{ tool: draft, arguments: { text: For ${to} } }`;
    write(
      "p.test.yaml",
      `defaults: { identity: { agent: { id: a } } }
cases:
  - { name: right, ${send("Ann")}, expect: { effect: deny, fallback: ${hop("Ann")} } }
  - { name: other arguments, ${send("Ann")}, expect: { effect: deny, fallback: ${hop("Bob")} } }
  - { name: not allowed, ${send("Eve")}, expect: { effect: deny, fallback: ${hop("Eve")} } }
  - { name: route, call: { tool: refund }, expect: { effect: deny, fallback: { route: support } } }
`,
    );
    const { document } = await json(["test", "p.test.yaml"]);
    const { cases } = document.runs[0];
    expect(cases.map(({ passed }: { passed: boolean }) => passed)).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(cases[1].differences[0].got).toEqual({
      tool: "draft",
      arguments: { text: "For Ann" },
    });
    expect(cases[2].differences[0].got).toEqual({ message: expect.stringMatching(/^No: /) });
  });

  verifies("fallback.tools", "is shown by explain", async () => {
    const { run, json } = place();
    const ask = (tool: string) =>
      [
        ["explain", "--policy", "p.yaml", "--tool", tool],
        ["--arguments", '{"to":"Ann"}', "--agent", '{"id":"a"}'],
      ].flat();
    expect((await run(ask("send"))).stdout).toContain(
      'the agent gets       the tool draft {"text":"For Ann"}\n',
    );
    expect((await run(ask("refund"))).stdout).toContain("the agent gets       the route support\n");
    expect((await json(ask("send"))).document.fallback).toEqual({
      kind: "tool",
      tool: "draft",
      arguments: { text: "For Ann" },
    });
  });
});

import { describe, expect, it } from "vitest";
import { compilePolicy } from "@interlatch/policy";
import type { Expression } from "@interlatch/core";
import { writeExpression } from "./write-expression.ts";

/** What the build makes of a condition. */
async function built(condition: string): Promise<Expression> {
  const text = `interlatch: 1
id: p
tools: { t: { operation: read } }
rules:
  - name: r
    tool: t
    action: allow
    when: |-
      ${condition}
`;
  const made = await compilePolicy({ files: [{ path: "p.yaml", text }] });
  const when = made.ok ? made.policy.rules[0]?.when : undefined;
  if (when === undefined) throw new Error(JSON.stringify(made));
  return when;
}

describe("writeExpression", () => {
  it.each([
    "arguments.size > 1000 && arguments.size <= 5000",
    'agent.id == "a" || agent.id == "b" && !(risk >= 40)',
    '(agent.id == "a" || agent.id == "b") && risk < 40',
    "arguments.a - (arguments.b - 1) * -2 == 3",
    'arguments.list[0].name in ["x", "y"]',
    'has(arguments.a.b) ? arguments.a.b == 1 : tool == "t"',
    '!arguments.to.all(r, inDomain(host(r), "acme.test"))',
    "arguments.items.filter(i, i.n > 1).map(i, i.n).exists_one(n, n == 2)",
    'arguments.text.matches("^a+$") && arguments.text.startsWith("a")',
    'request.time.getHours("Europe/Berlin") < 9',
    "size(arguments.list) > 2 && null != arguments.x",
  ])("gives back what was written: %s", async (condition) => {
    const expression = await built(condition);
    expect(writeExpression(expression)).toBe(condition);
    // Read again it is the same.
    expect(await built(writeExpression(expression))).toEqual(expression);
  });

  it.each([
    ['agent.role != "admin"', '!("admin" in agent.roles)'],
    ["arguments['odd key'] == 1", 'arguments["odd key"] == 1'],
    ["(((risk > 1)))", "risk > 1"],
  ])("shows what the build made of %s", async (condition, shown) => {
    const expression = await built(condition);
    expect(writeExpression(expression)).toBe(shown);
    expect(await built(shown)).toEqual(expression);
  });
});

import { prepareEvaluator } from "@interlatch/core";
import { validatePolicy } from "@interlatch/core/build";
import "@interlatch/core/node";
import { testGuard } from "@interlatch/core/testing";
import { compilePolicy } from "@interlatch/policy";
import type { Figure } from "./goal.ts";
import { measure, nanoseconds, ratio, type Effort } from "./measure.ts";

/** Four hundred patterns, a multiplication and two comparisons for each of as many items, and the checks before. */
const POLICY = `interlatch: 1
id: large
tools:
  order: { operation: write, data: internal }
rules:
  - name: whole_order
    tools: order
    action: allow
    when:
      - size(arguments.recipients) <= 20
      - arguments.recipients.all(r, r.endsWith("@corp.test"))
      - under(arguments.path, "/data/orders")
      - arguments.amount < 100000
      - arguments.items.all(i, i.price * i.count < 10000 && i.sku.matches("^[A-Z]{3}-[0-9]{4}$"))
`;

const CALLS = 32;
const ITEMS = 400;
const RECIPIENTS = 20;

/** What one call of the stream is like: half are right in all, the others fail at the first or at the last thing. */
type Kind = "right" | "early" | "late";
const STREAM: readonly Kind[] = ["right", "early", "right", "late"];

/** About 44 KB of arguments. */
function argumentsOf(kind: Kind, seed: number): object {
  const items = Array.from({ length: ITEMS }, (_, index) => ({
    sku: kind === "late" && index === ITEMS - 1 ? "abc-1" : `ABC-${1000 + ((seed + index) % 9000)}`,
    price: 10 + (index % 90),
    count: 1 + (index % 12),
    title: `Item number ${index} of the order, in blue`,
    note: "as before",
  }));
  const recipients = Array.from(
    { length: RECIPIENTS },
    (_, index) => `person${index}@${kind === "early" ? "else" : "corp"}.test`,
  );
  return { recipients, path: "/data/orders/2026/11", amount: 4_200, items };
}

/** Deciding about large arguments against writing them out once, which whoever sends or records them does anyway. */
export async function largeArguments(effort: Effort): Promise<readonly Figure[]> {
  const made = await compilePolicy({ files: [{ path: "large.yaml", text: POLICY }] });
  if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));
  const evaluator = await prepareEvaluator(validatePolicy(made.policy));
  const guard = await testGuard(made.policy);
  const ticket = guard.ticket();
  const calls = Array.from({ length: CALLS }, (_, index) => {
    const kind = STREAM[index % STREAM.length] ?? "right";
    const call = { ticket, id: "c", tool: "order", arguments: argumentsOf(kind, index * 31) };
    const request = evaluator.request({
      tool: "order",
      // What rules read is the guard's own frozen image of what was sent.
      arguments: guard.decide(call).arguments,
      agent: { id: "a", roles: [] },
      user: undefined,
      tenant: "t",
      session: "s",
      facts: {},
      context: {},
      time: 1_800_000_000_000,
    });
    const effect = evaluator.evaluate(request).verdict.effect;
    if (effect !== (kind === "right" ? "allow" : "deny")) throw new Error(`${kind}: ${effect}`);
    return { request, call };
  });
  const at = (index: number) => calls[index % CALLS]!; // in range
  const timings = await measure(
    [
      { name: "JSON", run: (index) => JSON.stringify(at(index).call.arguments) },
      { name: "evaluate", run: (index) => evaluator.evaluate(at(index).request).verdict.effect },
      { name: "decide", run: (index) => guard.decide(at(index).call).effect },
    ],
    effort,
  );
  const us = (name: string): string => `${(nanoseconds(timings, name) / 1000).toFixed(0)} µs`;
  const size = JSON.stringify(at(0).call.arguments).length;
  return [
    {
      what: `decision on ${Math.round(size / 1024)} KB, ${ITEMS} patterns`,
      against: "JSON.stringify of the arguments",
      value: ratio(timings, "evaluate", "JSON"),
      unit: "×",
      goal: { atMost: 1.5 },
      tolerance: 0.1,
      note: `${us("evaluate")} : ${us("JSON")}; ${us("decide")} with the snapshot`,
    },
  ];
}

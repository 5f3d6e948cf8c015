import "@interlatch/core/node";
import { ENGINE, type Policy } from "@interlatch/core";
import { testGuard } from "@interlatch/core/testing";
import type { Figure } from "./goal.ts";
import { measure, nanoseconds, ratio, type Effort } from "./measure.ts";

const at = { file: "bench.yaml", line: 1 };

/** A profile that restricts databases and endpoints, a schema, a rule with a condition: each step does something. */
const POLICY: Policy = {
  engine: ENGINE,
  id: "decide",
  mode: "enforce",
  agents: {
    desk: {
      when: { kind: "literal", value: true },
      tools: ["refund"],
      databases: { shop: "write" },
      endpoints: ["https://*.shop.test/refunds/**"],
      at,
    },
  },
  tools: {
    refund: {
      operation: "spend",
      data: "internal",
      reversible: true,
      arguments: {
        type: "object",
        properties: {
          order: { type: "string", maxLength: 32 },
          amount: { type: "number", minimum: 0 },
          note: { type: "string" },
        },
        required: ["order", "amount"],
      },
      resources: {
        databases: { shop: "write" },
        endpoints: [
          {
            kind: "text",
            parts: [
              "https://api.shop.test/refunds/",
              {
                kind: "field",
                of: { kind: "variable", name: "arguments" },
                name: "order",
              },
            ],
          },
        ],
      },
      default: "deny",
      at,
    },
  },
  facts: {},
  rules: [
    {
      name: "small_refunds",
      tools: ["refund"],
      when: {
        kind: "compare",
        operator: "<",
        left: { kind: "field", of: { kind: "variable", name: "arguments" }, name: "amount" },
        right: { kind: "literal", value: 100 },
      },
      action: "allow",
      at,
    },
  ],
};

/** A whole `guard.decide` on three-field arguments against a JSON round trip of them. */
export async function guardDecide(effort: Effort): Promise<readonly Figure[]> {
  const guard = await testGuard(POLICY);
  const ticket = guard.ticket();
  const calls = Array.from({ length: 256 }, (_, index) => ({
    ticket,
    id: `c${index}`,
    tool: "refund",
    arguments: { order: `order-${index}`, amount: index % 120, note: "the parcel came damaged" },
  }));
  const effects = calls.map((call) => guard.decide(call).effect);
  if (!effects.includes("allow") || !effects.includes("deny")) throw new Error("all are alike");
  const timings = await measure(
    [
      {
        name: "JSON",
        run: (index) => JSON.parse(JSON.stringify(calls[index % 256]!.arguments)) as unknown,
      },
      { name: "decide", run: (index) => guard.decide(calls[index % 256]!).effect },
    ],
    effort,
  );
  return [
    {
      what: "guard.decide, three-field arguments",
      against: "JSON round trip of the arguments",
      value: ratio(timings, "decide", "JSON"),
      unit: "×",
      goal: { atMost: 6 },
      tolerance: 0.1,
      note: `${nanoseconds(timings, "decide").toFixed(0)} ns : ${nanoseconds(timings, "JSON").toFixed(0)} ns`,
    },
  ];
}

import type { DataClass, Operation, Policy, ToolPolicy } from "../policy/ir.ts";

/** The policies of several streams as whoever lists tools and pins sees them. It decides nothing. */
export function mergePolicies(policies: readonly Policy[]): Policy {
  const [policy, ...others] = policies;
  if (policy === undefined) throw new Error("there is no policy");
  const tools: Record<string, ToolPolicy> = Object.create(null);
  const pins: Record<string, string> = Object.create(null);
  for (const each of policies) {
    for (const [name, tool] of Object.entries(each.tools)) {
      tools[name] = mergeTools([tools[name], tool]) ?? tool;
    }
    for (const [name, pin] of Object.entries(each.pins ?? {})) {
      // Two that approve of different definitions approve of none.
      pins[name] = pins[name] === undefined || pins[name] === pin ? pin : NO_DEFINITION;
    }
  }
  const { fallback: _, ...rest } = policy;
  const id = [policy, ...others].map((each) => each.id).join("+");
  return { ...rest, id, tools, pins, rules: policies.flatMap(({ rules }) => rules) };
}

/** No digest of a definition. */
const NO_DEFINITION = "none";

/** From what only reads to what cannot be taken back: whoever asks for the operation gets the one with the most care. */
const BY_CARE: readonly Operation[] = ["read", "egress", "write", "execute", "delete", "spend"];
const BY_SECRECY: readonly DataClass[] = ["public", "internal", "sensitive", "secret"];

/** What several streams know of one tool: the most careful of what they say. `undefined`: none knows it. */
export function mergeTools(tools: readonly (ToolPolicy | undefined)[]): ToolPolicy | undefined {
  const known = tools.filter((tool) => tool !== undefined);
  const [one] = known;
  if (one === undefined || known.length === 1) return one;
  const data = known
    .flatMap((tool) => tool.data ?? [])
    .toSorted(by(BY_SECRECY))
    .at(-1);
  const { fallback: _, ...rest } = one;
  return {
    ...rest,
    operation:
      known
        .map(({ operation }) => operation)
        .toSorted(by(BY_CARE))
        .at(-1) ?? "write",
    reversible: known.every(({ reversible }) => reversible),
    default: known.every((tool) => tool.default === "allow") ? "allow" : "deny",
    ...(data === undefined ? {} : { data }),
  };
}

function by<Value>(order: readonly Value[]): (a: Value, b: Value) => number {
  return (a, b) => order.indexOf(a) - order.indexOf(b);
}

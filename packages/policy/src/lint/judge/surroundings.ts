import type { Json, Policy, ToolPolicy, Variable } from "@interlatch/core";
import { ANYTHING, type Known, ofKinds, ofValues, orMissing, wholeBetween } from "./known.ts";
import { knownOfSchema } from "./schema-known.ts";

/** What is known of everything that a condition may read. */
export type Surroundings = Readonly<Record<Variable, Known>>;

/** The surroundings of conditions that are asked about one tool; without a tool, about any. */
export function surroundingsOf(
  policy: Pick<Policy, "facts">,
  tool?: { readonly name: string; readonly policy: ToolPolicy },
): Surroundings {
  const text = ofKinds("string");
  const list: Known = { ...ofKinds("list"), item: () => text };
  return {
    tool: tool === undefined ? text : ofValues([tool.name]),
    arguments: argumentsOf(tool?.policy),
    agent: withFields({ id: text, roles: list }),
    user: orMissing(withFields({ id: text })),
    tenant: orMissing(text),
    data_type: dataOf(tool?.policy),
    operation: tool === undefined ? text : ofValues([tool.policy.operation]),
    session: text,
    facts: withFields(factsOf(policy.facts)),
    risk: wholeBetween(0, 100),
    request: withFields({ time: ofKinds("timestamp") }),
    context: orMissing(ofKinds("map")),
  };
}

function argumentsOf(policy: ToolPolicy | undefined): Known {
  const known = policy?.arguments === undefined ? {} : knownOfSchema(policy.arguments);
  // Arguments are an object whatever their schema says.
  return { ...ofKinds("map"), ...known, kinds: new Set(["map"]), mayErr: false };
}

function dataOf(policy: ToolPolicy | undefined): Known {
  if (policy === undefined) return orMissing(ofKinds("string"));
  return policy.data === undefined ? { ...ofKinds(), mayErr: true } : ofValues([policy.data]);
}

/** An object of which some fields are known; the others may be anything, or missing. */
function withFields(fields: Readonly<Record<string, Known>>): Known {
  return {
    ...ofKinds("map"),
    field: (name) => (Object.hasOwn(fields, name) ? (fields[name] ?? ANYTHING) : ANYTHING),
  };
}

/** Hosts add facts of the same shape, so that of a fact only its kind is known. */
function factsOf(facts: { readonly [name: string]: Json }): Readonly<Record<string, Known>> {
  const known: Record<string, Known> = Object.create(null);
  for (const [name, value] of Object.entries(facts)) known[name] = factOf(value);
  return known;
}

function factOf(value: Json): Known {
  if (value === null) return ANYTHING;
  if (typeof value !== "object") return ofKinds(typeof value as "boolean" | "number" | "string"); // JSON has no others
  return ofKinds(Array.isArray(value) ? "list" : "map");
}

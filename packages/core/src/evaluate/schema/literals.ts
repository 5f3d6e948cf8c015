import type { ArgumentSchema } from "../../policy/ir.ts";
import type { Json } from "../../snapshot/json.ts";
import { equalValues } from "../equality.ts";
import type { Check } from "./check.ts";

/** Compiles `enum` and `const`: the value equals one of those that are listed, deeply. */
export function compileLiterals(schema: ArgumentSchema): Check | null {
  const one = schema.const;
  const some = schema.enum;
  const isConst = one === undefined ? null : memberOf([one]);
  const isListed = some === undefined ? null : memberOf(some);
  if (isConst === null && isListed === null) return null;
  return (value) => {
    if (isConst !== null && !isConst(value)) return " must be the value the schema names";
    if (isListed !== null && !isListed(value)) return " must be one of the values the schema lists";
    return null;
  };
}

function memberOf(members: readonly Json[]): (value: Json) => boolean {
  const plain: ReadonlySet<Json> = new Set(members);
  const structures = members.filter((member) => typeof member === "object" && member !== null);
  if (structures.length === 0) return (value) => plain.has(value);
  return (value) => {
    if (typeof value !== "object" || value === null) return plain.has(value);
    // Bounded by the size of what the author wrote: unequal sizes end a comparison at once.
    return structures.some((member) => equalValues(member, value, { left: Infinity }) === true);
  };
}

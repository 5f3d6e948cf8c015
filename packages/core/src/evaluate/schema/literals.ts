import type { ArgumentSchemaObject } from "../../policy/ir.ts";
import type { Json } from "../../snapshot/json.ts";
import type { Check } from "./check.ts";
import { OVER_BUDGET, type Run } from "./run.ts";
import { structureText } from "./structure-text.ts";

/** Compiles `enum` and `const`: the value equals one of those that are listed, deeply. */
export function compileLiterals(schema: ArgumentSchemaObject): Check | null {
  const one = schema.const === undefined ? null : memberOf([schema.const]);
  const some = schema.enum === undefined ? null : memberOf(schema.enum);
  if (one === null && some === null) return null;
  return (value, run) => {
    if (one !== null && !one(value, run))
      return faultOf(run, " must be the value the schema names");
    if (some !== null && !some(value, run)) {
      return faultOf(run, " must be one of the values the schema lists");
    }
    return null;
  };
}

function faultOf(run: Run, fault: string): string {
  return run.left < 0 ? OVER_BUDGET : fault;
}

function memberOf(members: readonly Json[]): (value: Json, run: Run) => boolean {
  const plain = plainMember(members);
  const structures = members.filter((member) => typeof member === "object" && member !== null);
  if (structures.length === 0) return plain;
  // By their text: a value is read once, however many members there are to compare it with.
  // The engine keeps a joined text in pieces until somebody reads it; trimming, which changes nothing here, reads
  // it now and not in the first decision.
  const texts = new Set(structures.map((member) => structureText(member, Infinity)?.trimEnd()));
  const longest = Math.max(...[...texts].map((text) => text?.length ?? 0));
  return (value, run) => {
    if (typeof value !== "object" || value === null) return plain(value, run);
    const text = structureText(value, longest);
    run.takeStructure(text?.length ?? longest);
    return text !== undefined && texts.has(text);
  };
}

/** Very long texts have hashes of their length alone: a set would compare all of one length, and nobody would pay. */
const LONG_TEXT = 1_024;

function plainMember(members: readonly Json[]): (value: Json, run: Run) => boolean {
  const isLong = (value: Json): value is string =>
    typeof value === "string" && value.length > LONG_TEXT;
  const short: ReadonlySet<Json> = new Set(members.filter((member) => !isLong(member)));
  const long = members.filter(isLong);
  return (value, run) => {
    if (!isLong(value)) return short.has(value);
    return long.some(
      (member) => member.length === value.length && run.takeText(value.length) && member === value,
    );
  };
}

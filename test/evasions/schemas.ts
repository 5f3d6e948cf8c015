import { CLOSED } from "./closed-schemas.ts";
import { guardOf, mustDeny, mustRun, type Evasion } from "./evasion.ts";
import { KINDS } from "./kind-schemas.ts";
import type { SchemaCase } from "./schema-case.ts";

function schemaEvasion(id: string, { what, schema, fits, refused }: SchemaCase): Evasion {
  return {
    id,
    title: `by a schema: ${what}`,
    run: async () => {
      const { guard } = await guardOf(`
tools: { t: { operation: write, resources: none, default: allow, arguments: ${schema} } }
rules: []
`);
      for (const args of fits) await mustRun(guard, "t", args);
      await mustDeny(guard, "t", refused, "invalid_arguments", "arguments_not_json");
    },
  };
}

/** Attacks by arguments against the schemas that describe them. */
export const schemaEvasions: readonly Evasion[] = [
  ...CLOSED.map((one) => schemaEvasion("evasion.T25", one)),
  ...KINDS.map((one) => schemaEvasion("evasion.T26", one)),
];

import type { ArgumentSchema } from "../policy/ir.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { compileSchema } from "./schema/schema-node.ts";

/**
 * Checks the arguments of a call.
 *
 * @returns `null` when they fit, else where and what is wrong, such as `arguments.size must be an integer`.
 * The text names places and what the schema asks for, never a value that was sent.
 */
export type ArgumentsCheck = (args: JsonObject) => string | null;

/**
 * Compiles the schema of a tool's arguments: the part of JSON Schema 2020-12 that `ArgumentSchema` names.
 *
 * Objects are closed: where a schema says anything about objects (`type: object`, `properties`, `required`,
 * `minProperties`, `maxProperties`), keys that `properties` does not name are refused, so `type: object`
 * alone admits `{}` only. A location whose schema says nothing about the kind of value (`{}`, or only a
 * description) is dynamic and admits any JSON. `enum` and `const` pin the whole value and need no closing.
 *
 * @param schema - from a validated policy
 */
export function compileArguments(schema: ArgumentSchema): ArgumentsCheck {
  const check = compileSchema(schema);
  return (args) => {
    const fault = check(args);
    return fault === null ? null : `arguments${fault}`;
  };
}

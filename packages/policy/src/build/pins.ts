import type { Policy } from "@interlatch/core";
import { isText } from "../document/fields.ts";
import type { PolicyParts } from "./parts.ts";
import type { Tools } from "./tools.ts";

/**
 * The pins of tools that the policy knows. The call of any other is denied as it is, so its pin is left out of the
 * bundle and the linter warns of it.
 */
export function buildPins({ pins }: PolicyParts, tools: Tools): Policy["pins"] {
  const known = pins.flatMap(({ key, value }) =>
    isText(value) && tools.get(key) !== undefined ? [[key, value.value] as const] : [],
  );
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

import { SCHEMA_KEYWORDS } from "../../build/schema-references.ts";
import { isMap, own, step } from "./json-values.ts";
import { modernised } from "./older-drafts.ts";

/**
 * A `$ref` as the converted schema has it: its keywords may have other names by then. `undefined` where it leads out
 * of the schema or nowhere in it.
 */
export function carriedReference(reference: unknown, root: unknown): string | undefined {
  if (typeof reference !== "string" || !reference.startsWith("#")) return undefined;
  const fragment = decoded(reference.slice(1));
  if (fragment === undefined) return undefined;
  if (fragment === "") return "#";
  // An anchor: the build finds it, or says that it is not there.
  if (!fragment.startsWith("/")) return reference;
  const steps = fragment
    .slice(1)
    .split("/")
    .map((each) => each.replaceAll("~1", "/").replaceAll("~0", "~"));
  const path = schemaPath(steps, root);
  return path === undefined ? undefined : `#${path.map((each) => encoded(step(each))).join("")}`;
}

/** Follows a pointer from schema to schema, by the names that keywords have in 2020-12. */
function schemaPath(steps: readonly string[], root: unknown): readonly string[] | undefined {
  let at: unknown = root;
  const path: string[] = [];
  for (let index = 0; index < steps.length;) {
    if (!isMap(at)) return undefined;
    const written = steps[index] ?? "";
    const keyword =
      Array.isArray(own(at, "items")) && written === "items" ? "prefixItems" : written;
    const name = keyword === "definitions" ? "$defs" : keyword;
    const value = own(modernised(at), name);
    const isSingle = (SCHEMA_KEYWORDS.one as readonly string[]).includes(name);
    path.push(name);
    index++;
    if (isSingle) {
      at = value;
      continue;
    }
    const key = steps[index];
    if (key === undefined) return undefined;
    index++;
    path.push(key);
    if (Array.isArray(value)) at = /^(0|[1-9][0-9]*)$/.test(key) ? value[Number(key)] : undefined;
    else at = isMap(value) ? own(value, key) : undefined;
  }
  return isMap(at) || typeof at === "boolean" ? path : undefined;
}

function encoded(text: string): string {
  return text.replace(/[^A-Za-z0-9/$~._-]/gu, (sign) => encodeURIComponent(sign));
}

function decoded(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}

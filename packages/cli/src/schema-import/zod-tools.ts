import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { InterlatchError } from "@interlatch/core";
import type { ToolNote, ToolSource } from "@interlatch/policy";

/** The part of zod 4 that is used. */
interface Zod {
  toJSONSchema(schema: unknown, options: Readonly<Record<string, string>>): unknown;
}

/**
 * Imports a module and gives a tool for each zod schema that it exports, by the export's name. An export that is an
 * object of schemas gives one for each of its keys. zod is the one of the module's own project: a schema of another
 * copy or version could not be read by ours.
 *
 * @param path - absolute
 * @param shown - as messages name it
 * @throws ERR_FILE when the module or its zod cannot be loaded
 */
export async function zodTools(
  path: string,
  shown: string,
): Promise<{ readonly sources: readonly ToolSource[]; readonly notes: readonly ToolNote[] }> {
  const module = await load(pathToFileURL(path).href, `${shown} cannot be imported`);
  const found = schemasOf(module);
  if (found.length === 0) {
    throw new InterlatchError("ERR_FILE", `${shown} exports no zod schema.`);
  }
  const zod = await loadZod(path, shown);
  const notes: ToolNote[] = [];
  const sources = found.flatMap(([name, schema]): ToolSource[] => {
    try {
      // What a caller writes: defaults need not be there, transformations are not done.
      const options = { target: "draft-2020-12", io: "input", unrepresentable: "throw" };
      return [{ name, arguments: zod.toJSONSchema(schema, options) }];
    } catch (error) {
      const message = `The tool is left out: JSON Schema cannot say what its schema says: ${reasonOf(error)}`;
      notes.push({ tool: name, place: "", message });
      return [];
    }
  });
  return { sources, notes };
}

async function loadZod(path: string, shown: string): Promise<Zod> {
  const why = `zod cannot be loaded from the project of ${shown}`;
  let url: string;
  try {
    url = pathToFileURL(createRequire(path).resolve("zod")).href;
  } catch (cause) {
    throw new InterlatchError("ERR_FILE", `${why}: ${reasonOf(cause)}`, { cause });
  }
  const module = await load(url, why);
  for (const candidate of [module, module["default"], module["z"]]) {
    if (isZod(candidate)) return candidate;
  }
  throw new InterlatchError("ERR_FILE", `${why}: it is older than zod 4.`);
}

async function load(url: string, what: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const module: unknown = await import(url);
    return Object(module) as Readonly<Record<string, unknown>>; // a namespace: names and values
  } catch (cause) {
    throw new InterlatchError("ERR_FILE", `${what}: ${reasonOf(cause)}`, { cause });
  }
}

function schemasOf(module: Readonly<Record<string, unknown>>): readonly [string, unknown][] {
  return Object.entries(module).flatMap(([name, value]): [string, unknown][] => {
    if (isSchema(value)) return [[name, value]];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).filter(([, inner]) => isSchema(inner));
  });
}

/** The mark of every schema of zod 4. */
function isSchema(value: unknown): boolean {
  return typeof value === "object" && value !== null && "_zod" in value;
}

function isZod(value: unknown): value is Zod {
  return (
    typeof value === "object" &&
    value !== null &&
    "toJSONSchema" in value &&
    typeof value.toJSONSchema === "function"
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

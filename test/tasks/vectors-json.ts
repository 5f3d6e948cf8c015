import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Node,
  type Pair,
  type Scalar,
} from "yaml";
import { ROOT } from "./child.ts";

/** Where the decision vectors stand: written as YAML, read as JSON. */
export const VECTORS: string = join(ROOT, "packages/conformance/vectors");

/** Short enough to stand on one line. */
const LINE = 120;

/**
 * The JSON form of one file of vectors. Nothing of it goes through JavaScript values: numbers are written
 * as they stand (`-0`, `100.0`, 2^53+1), and a key `__proto__` stays a key like any other.
 *
 * @throws when the YAML has an error, a duplicate key, an alias, or something that JSON has no form for
 */
export function vectorsJson(yaml: string): string {
  const document = parseDocument(yaml, { version: "1.2", schema: "core", uniqueKeys: true });
  const fault = [...document.errors, ...document.warnings][0];
  if (fault !== undefined) throw fault;
  if (document.contents === null) throw new Error("The file is empty.");
  // Without aliases, which are refused below, every part of the document is a node.
  return `${write(document.contents as Node, "")}\n`;
}

function write(node: Node, indent: string): string {
  if (isScalar(node)) return writeScalar(node);
  if (isMap(node)) {
    // The items of a map are pairs of nodes.
    const entries = (node.items as Pair<Node, Node | null>[]).map(({ key, value }) => {
      if (!isScalar(key) || typeof key.value !== "string") throw new Error("A key is not a text.");
      return `${JSON.stringify(key.value)}: ${value === null ? "null" : write(value, `${indent}  `)}`;
    });
    return enclose("{", entries, "}", indent);
  }
  if (isSeq(node)) {
    const items = (node.items as (Node | null)[]).map((item) =>
      item === null ? "null" : write(item, `${indent}  `),
    );
    return enclose("[", items, "]", indent);
  }
  throw new Error(isAlias(node) ? "An alias has no form in JSON." : "This has no form in JSON.");
}

function writeScalar({ value, source }: Scalar): string {
  if (typeof value === "number") {
    if (source !== undefined && /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(source))
      return source;
    if (!Number.isFinite(value)) throw new Error(`${source ?? value} has no form in JSON.`);
    return Object.is(value, -0) ? "-0" : JSON.stringify(value);
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") {
    return JSON.stringify(value);
  }
  throw new Error("A scalar is neither null, boolean, number nor text.");
}

function enclose(open: string, parts: readonly string[], close: string, indent: string): string {
  const line = `${open} ${parts.join(", ")} ${close}`;
  if (parts.length === 0) return `${open}${close}`;
  if (indent.length + line.length <= LINE && !line.includes("\n")) return line;
  const inner = `${indent}  `;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}

/** Every file of vectors: the path of its JSON form, and what must stand there. */
export async function vectorFiles(): Promise<readonly { path: string; json: string }[]> {
  const names = (await readdir(VECTORS)).filter((name) => name.endsWith(".yaml")).sort();
  return Promise.all(
    names.map(async (name) => ({
      path: join(VECTORS, name.replace(/\.yaml$/, ".json")),
      json: vectorsJson(await readFile(join(VECTORS, name), "utf8")),
    })),
  );
}

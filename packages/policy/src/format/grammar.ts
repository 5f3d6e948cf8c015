import { z } from "zod";
import { policyTestDocument } from "../cases/schema.ts";
import { ACTIONS, policyDocument } from "../document/schema.ts";
import type { YamlNode } from "../yaml/tree.ts";
import type { Container, Piece } from "./pieces.ts";

/** What a file is for. */
export type DocumentKind = "policy" | "tests";

/** From the root: keys, and the numbers of items. */
export type Path = readonly (string | number)[];

/** The order of the keys at a place of the grammar; empty where the author's own order stays. */
export function keyOrder(kind: DocumentKind, path: Path): readonly string[] {
  // The keys of a JSON Schema have no order that everybody would agree on.
  if (kind === "policy" && path[0] === "tools" && (path[2] === "arguments" || path[2] === "output"))
    return [];
  let at: unknown = kind === "policy" ? policyDocument : policyTestDocument;
  for (const step of path) {
    at = inner(at);
    if (at instanceof z.ZodObject) at = at.shape[String(step)];
    else if (at instanceof z.ZodRecord) at = at.valueType;
    else if (at instanceof z.ZodArray) at = at.element;
    else return [];
  }
  at = inner(at);
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** Of several forms the map: only it has keys. */
function inner(schema: unknown): unknown {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodLazy ||
    schema instanceof z.ZodNullable
  )
    return inner(schema.unwrap());
  if (!(schema instanceof z.ZodUnion)) return schema;
  const options = schema.options.map(inner);
  return options.find((option) => option instanceof z.ZodObject || option instanceof z.ZodRecord);
}

/** Keys whose texts are conditions. */
const CONDITION_KEYS: ReadonlySet<string> = new Set(["when", "conditions", "unless"]);

/** Whether the text at a path is a condition. */
export function isConditionAt(kind: DocumentKind, path: Path): boolean {
  if (kind !== "policy") return false;
  const [section, , key] = path;
  if (section === "define") return path.length === 2;
  const isListed = path.length === 3 || (path.length === 4 && typeof path[3] === "number");
  return (
    (section === "rules" || section === "agents") &&
    isListed &&
    typeof key === "string" &&
    CONDITION_KEYS.has(key)
  );
}

/** Lists whose items are parted by an empty line. */
export function isParted(kind: DocumentKind, path: Path): boolean {
  return path.length === 1 && path[0] === (kind === "policy" ? "rules" : "cases");
}

/** The canonical key in a rule; the key itself where the canonical one is there as well, which is an error elsewhere. */
export function canonicalKey(path: Path, piece: Piece, { pieces }: Container): string | undefined {
  const { key } = piece;
  if (key === undefined || path.length !== 2 || path[0] !== "rules") return key;
  const isList = piece.value.kind === "container";
  const wanted = key === "conditions" ? "when" : key === "tool" && isList ? "tools" : key;
  return pieces.some((other) => other !== piece && other.key === wanted) ? key : wanted;
}

/** The canonical word for the text at a path, where there is another one. */
export function canonicalWord(kind: DocumentKind, path: Path, text: unknown): string | undefined {
  const isAction =
    kind === "policy" && path.length === 3 && path[0] === "rules" && path[2] === "action";
  if (!isAction || typeof text !== "string" || !Object.hasOwn(ACTIONS, text)) return undefined;
  return ACTIONS[text];
}

/** What a file says once it is written canonically: what formatting must not change beyond. */
export function canonicalJson(kind: DocumentKind, root: YamlNode): string {
  const plain = (node: YamlNode, path: Path): unknown => {
    switch (node.kind) {
      case "broken":
        return undefined;
      case "scalar":
        return canonicalWord(kind, path, node.value) ?? node.value;
      case "list":
        return node.items.map((item, index) => plain(item, [...path, index]));
      case "map": {
        const isRule = kind === "policy" && path.length === 2 && path[0] === "rules";
        const has = (key: string): boolean => node.entries.some((entry) => entry.key === key);
        const entries = node.entries.map(({ key, value }) => {
          const wanted =
            key === "conditions" ? "when" : key === "tool" && value.kind === "list" ? "tools" : key;
          const name = isRule && !has(wanted) ? wanted : key;
          return [name, plain(value, [...path, key])] as const;
        });
        // As pairs and sorted: the order of keys means nothing, and a key may be called `__proto__`.
        return { map: entries.toSorted(([a], [b]) => (a < b ? -1 : 1)) };
      }
    }
  };
  return JSON.stringify(plain(root, []));
}

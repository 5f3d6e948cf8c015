import {
  entryOf,
  valueOf,
  type YamlEntry,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from "../yaml/tree.ts";

/**
 * Readers of single keys. A value of another shape is read as absent: the schema has reported it, and what
 * stands around it can still be checked.
 */

/** The map of a key. */
export function mapAt(map: YamlMap, key: string): YamlMap | undefined {
  const value = valueOf(map, key);
  return value?.kind === "map" ? value : undefined;
}

/** The list of a key. */
export function listAt(map: YamlMap, key: string): YamlList | undefined {
  const value = valueOf(map, key);
  return value?.kind === "list" ? value : undefined;
}

/** A scalar that holds a text. */
export type TextScalar = YamlScalar & { readonly value: string };

/** Whether a node is a text. */
export function isText(node: YamlNode | undefined): node is TextScalar {
  return node?.kind === "scalar" && typeof node.value === "string";
}

/** A key as the scalar it was written as, for a key that is a text of the policy's own. */
export function keyScalar({ key, keyAt }: YamlEntry): TextScalar {
  const sign = keyAt.file.text[keyAt.start];
  const style = sign === '"' ? "double" : sign === "'" ? "single" : "plain";
  return { kind: "scalar", at: keyAt, value: key, style };
}

/** The text of a key. */
export function textAt(map: YamlMap, key: string): TextScalar | undefined {
  const value = valueOf(map, key);
  return isText(value) ? value : undefined;
}

/** The number of a key. */
export function numberAt(map: YamlMap, key: string): number | undefined {
  const value = valueOf(map, key);
  return value?.kind === "scalar" && typeof value.value === "number" ? value.value : undefined;
}

/** The boolean of a key. */
export function booleanAt(map: YamlMap, key: string): boolean | undefined {
  const value = valueOf(map, key);
  return value?.kind === "scalar" && typeof value.value === "boolean" ? value.value : undefined;
}

/** A text that is one of the words, or `undefined`. */
export function wordAt<Word extends string>(
  map: YamlMap,
  key: string,
  words: readonly Word[],
): Word | undefined {
  const text = textAt(map, key)?.value;
  return words.find((word) => word === text);
}

/** The texts of a key that holds a text or a list of texts. */
export function textsAt(map: YamlMap, key: string): readonly TextScalar[] {
  const value = valueOf(map, key);
  if (isText(value)) return [value];
  return value?.kind === "list" ? value.items.filter(isText) : [];
}

/** The entry of whichever of several keys is there first. */
export function firstOf(map: YamlMap, keys: readonly string[]): YamlEntry | undefined {
  for (const key of keys) {
    const entry = entryOf(map, key);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

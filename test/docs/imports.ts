/**
 * Lets several blocks of a document be one module: a name is imported where it is first asked for, and not again;
 * one that is wanted as a value is not imported as a type too. The number of lines stays, so that positions do.
 */
export function mergeImports(lines: readonly string[]): readonly string[] {
  const statements = importsOf(lines);
  const values = new Set(
    statements.flatMap(({ names, from }) =>
      names.filter(({ isType }) => !isType).map(({ name }) => `${name} ${from}`),
    ),
  );
  const seen = new Set<string>();
  const merged = [...lines];
  for (const { start, length, names, from } of statements) {
    const fresh = names.filter(({ name, isType }) => {
      const key = `${name} ${from}`;
      if (seen.has(key) || (isType && values.has(key))) return false;
      seen.add(key);
      return true;
    });
    const list = fresh.map(({ name, isType }) => (isType ? `type ${name}` : name)).join(", ");
    merged.fill("", start, start + length);
    if (list !== "") merged[start] = `import { ${list} } from ${from};`;
  }
  return merged;
}

/** An import of names, `import { a, type B } from "m";`, which may take several lines. */
interface ImportStatement {
  readonly start: number;
  readonly length: number;
  readonly names: readonly { readonly name: string; readonly isType: boolean }[];
  readonly from: string;
}

function importsOf(lines: readonly string[]): readonly ImportStatement[] {
  return lines.flatMap((line, start) => {
    if (!line.startsWith("import ")) return [];
    const end = lines.findIndex((each, at) => at >= start && each.trimEnd().endsWith(";"));
    const length = Math.max(end, start) - start + 1;
    const statement = lines.slice(start, start + length).join(" ");
    const [, type, list, from] =
      /^import (type )?\{([^}]*)\} from ("[^"]+");\s*$/.exec(statement) ?? [];
    if (list === undefined || from === undefined) return [];
    const names = list
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name) => ({
        name: name.replace(/^type /, ""),
        isType: type !== undefined || name.startsWith("type "),
      }));
    return [{ start, length, names, from }];
  });
}

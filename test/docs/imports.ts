/**
 * Lets several blocks of a document be one module: a name that an earlier block imports from the same module is
 * taken out of later imports. The number of lines stays, so that positions do.
 */
export function mergeImports(lines: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const merged: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const length = statementLength(lines, index);
    const statement = lines.slice(index, index + length).join(" ");
    const [, type = "", names, from] =
      /^import (type )?\{([^}]*)\} from ("[^"]+");\s*$/.exec(statement) ?? [];
    if (names === undefined || from === undefined) {
      merged.push(lines[index] ?? "");
      continue;
    }
    const fresh = names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !known(seen, name, from));
    merged.push(fresh.length === 0 ? "" : `import ${type}{ ${fresh.join(", ")} } from ${from};`);
    for (let rest = 1; rest < length; rest++) merged.push("");
    index += length - 1;
  }
  return merged;
}

/** How many lines an import statement that starts here takes; 1 for anything else. */
function statementLength(lines: readonly string[], start: number): number {
  if (!(lines[start] ?? "").startsWith("import ")) return 1;
  const end = lines.findIndex((line, index) => index >= start && line.trimEnd().endsWith(";"));
  return end === -1 ? 1 : end - start + 1;
}

function known(seen: Set<string>, name: string, from: string): boolean {
  const key = `${name.replace(/^type /, "")} ${from}`;
  if (seen.has(key)) return true;
  seen.add(key);
  return false;
}

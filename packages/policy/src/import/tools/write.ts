import { escapeHidden, withoutHidden } from "../../yaml/hidden.ts";

/** A tool as it will stand in the policy. */
export interface DraftTool {
  readonly name: string;
  readonly remark?: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Characters that one tool may take. */
export const MAX_TOOL_LENGTH = 200_000;
/** Characters of one file before it is formatted; a policy file has a mebibyte. */
const MAX_FILE_LENGTH = 300_000;

/** The files, and which tool a line of one belongs to. */
export interface WrittenTools {
  readonly files: readonly string[];
  /** @param line - from 1 */
  toolAt(file: number, line: number): string | undefined;
}

/**
 * Writes tools as JSON, which YAML reads as the same: no name or text of them can become a key, the end of a comment
 * or a tag.
 */
export function writeTools(tools: readonly DraftTool[], heading: string): WrittenTools {
  const head = [
    `# ${oneLine(`Made of ${heading} by \`interlatch schema import\`. Confirm each operation, and add what the source does not`)}`,
    "# say: `data`, `resources`. Objects are closed: keys that a schema does not name are refused.",
    "interlatch: 1",
    "tools:",
  ];
  const files: string[] = [];
  const owners: (readonly (string | undefined)[])[] = [];
  let lines: string[] = [];
  let owner: (string | undefined)[] = [];
  let length = 0;
  const close = (): void => {
    const isEmpty = lines.length === 0;
    const all = isEmpty ? [...head.slice(0, -1), "tools: {}"] : [...head, ...lines];
    files.push(`${all.join("\n")}\n`);
    owners.push([...head.map(() => undefined), ...owner]);
    [lines, owner, length] = [[], [], 0];
  };
  for (const { name, remark, body } of tools) {
    const entry = [
      ...(remark === undefined ? [] : [`  # ${oneLine(remark)}`]),
      `  ${written(name)}: ${written(body)}`,
    ];
    const size = entry.reduce((sum, line) => sum + line.length, 0);
    if (lines.length > 0 && length + size > MAX_FILE_LENGTH) close();
    lines.push(...entry);
    owner.push(...entry.map(() => name));
    length += size;
  }
  if (lines.length > 0 || files.length === 0) close();
  return { files, toolAt: (file, line) => owners[file]?.[line - 1] };
}

function written(value: unknown): string {
  return escapeHidden(JSON.stringify(value));
}

function oneLine(text: string): string {
  return withoutHidden(text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " "), " ");
}

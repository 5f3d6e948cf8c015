import { compilePolicy } from "../compile.ts";
import { SchemaPatterns } from "./tools/schema-patterns.ts";
import { convertSchema } from "./tools/convert-schema.ts";
import { hidesSomething, visibleText } from "./tools/json-values.ts";
import { readToolList } from "./tools/mcp.ts";
import type { ToolNote, ToolSource } from "./tools/tool-source.ts";
import { type DraftTool, MAX_TOOL_LENGTH, writeTools } from "./tools/write.ts";
import { shown } from "../diagnostics/words.ts";
import { NAME } from "../document/names.ts";
import { formatPolicy } from "../format/format.ts";

export type { ToolNote, ToolSource } from "./tools/tool-source.ts";
export { isToolList, readToolList } from "./tools/mcp.ts";

/** The `tools:` section made of somebody else's descriptions. */
export interface ImportedTools {
  /** Policy files of a `tools:` section each; more than one where one would be too large. */
  readonly files: readonly string[];
  /** The names of the tools in them. */
  readonly tools: readonly string[];
  /** All that is not carried over as it was. */
  readonly notes: readonly ToolNote[];
}

/** After so many attempts to leave out what does not build, nothing is written. */
const ATTEMPTS = 5;

/**
 * Writes the `tools:` section of a policy from descriptions of tools. What comes out builds. What cannot be carried
 * over is left out and noted; a tool of which no part can be judged is left out whole, so that it is denied.
 *
 * @param sources - untrusted
 * @param heading - what the section was made of, on one line
 *
 * @example
 * ```ts
 * import { importTools } from "@interlatch/policy";
 * const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
 * const made = await importTools([{ name: "weather", arguments: schema }], "weather.json");
 * console.log(made.files[0], made.notes);
 * ```
 */
export async function importTools(
  sources: readonly ToolSource[],
  heading: string,
): Promise<ImportedTools> {
  const notes: ToolNote[] = [];
  const patterns = await SchemaPatterns.load();
  let drafts = draftsOf(sources, patterns, notes);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { files, toolAt } = writeTools(drafts, heading);
    const result = await compilePolicy({
      files: [
        { path: "id", text: "interlatch: 1\nid: imported\n" },
        ...files.map((text, index) => ({ path: String(index), text })),
      ],
    });
    if (result.ok) {
      return { files: files.map(formatted), tools: drafts.map(({ name }) => name), notes };
    }
    const refused = new Set<string>();
    for (const { file, line, message } of result.errors) {
      const tool = toolAt(Number(file), line);
      if (tool === undefined || refused.has(tool)) continue;
      refused.add(tool);
      notes.push({ tool, place: "", message: `The tool is left out: ${message}` });
    }
    if (refused.size === 0) break;
    drafts = drafts.filter(({ name }) => !refused.has(name));
  }
  notes.push({ tool: null, place: "", message: "Nothing is carried over: it does not build." });
  return { files: [], tools: [], notes };
}

/**
 * Writes the `tools:` section from the result of `tools/list` of the Model Context Protocol.
 *
 * @param document - the parsed JSON, untrusted
 * @param heading - what the section was made of, on one line
 * @returns `undefined` for a document that is no such result
 */
export async function importToolList(
  document: unknown,
  heading: string,
): Promise<ImportedTools | undefined> {
  const notes: ToolNote[] = [];
  const sources = readToolList(document, (place, message) => {
    notes.push({ tool: null, place, message });
  });
  if (sources === undefined) return undefined;
  const made = await importTools(sources, heading);
  return { ...made, notes: [...notes, ...made.notes] };
}

function draftsOf(
  sources: readonly ToolSource[],
  patterns: SchemaPatterns,
  notes: ToolNote[],
): readonly DraftTool[] {
  const drafts = new Map<string, DraftTool>();
  for (const source of sources) {
    const { name } = source;
    const refusal = nameRefusal(name, drafts);
    if (typeof name !== "string" || refusal !== undefined) {
      const tool = typeof name === "string" ? shown(visibleText(name)) : null;
      notes.push({ tool, place: "/name", message: `The tool is left out: ${refusal}` });
      continue;
    }
    const draft = draftOf(name, source, patterns, (place, message) => {
      notes.push({ tool: name, place, message });
    });
    if (JSON.stringify(draft).length <= MAX_TOOL_LENGTH) drafts.set(name, draft);
    else {
      const message = `The tool is left out: its description has more than ${MAX_TOOL_LENGTH} characters.`;
      notes.push({ tool: name, place: "", message });
    }
  }
  return [...drafts.values()];
}

function nameRefusal(name: unknown, taken: ReadonlyMap<string, unknown>): string | undefined {
  if (typeof name !== "string") return "it has no name.";
  if (hidesSomething(name)) return "its name holds invisible characters.";
  if (!NAME.test(name) || name === "__proto__") {
    return "its name is none of a tool: 1 to 128 of A-Z, a-z, 0-9, `_`, `.`, `:`, `/`, `-`.";
  }
  return taken.has(name) ? "another one has its name." : undefined;
}

function draftOf(
  name: string,
  source: ToolSource,
  patterns: SchemaPatterns,
  note: (place: string, message: string) => void,
): DraftTool {
  const conversion = { note, refusal: (pattern: string) => patterns.refusal(pattern) };
  const { description, operation = "write", remark } = source;
  const words = typeof description === "string" ? { description } : {};
  const clean = convertSchema(words, "", conversion);
  if (source.arguments === undefined) {
    note("/inputSchema", "Is missing, so the tool takes no arguments.");
  }
  const converted = convertSchema(source.arguments ?? true, "/inputSchema", conversion);
  const args = typeof converted === "boolean" ? {} : converted;
  if (args["type"] !== undefined && args["type"] !== "object") {
    note("/inputSchema/type", "Arguments are always an object; read so.");
  }
  const output =
    source.output === undefined
      ? {}
      : { output: convertSchema(source.output, "/outputSchema", conversion) };
  return {
    name,
    ...(remark === undefined ? {} : { remark }),
    body: {
      ...(typeof clean === "boolean" ? {} : clean),
      operation,
      arguments: { ...args, type: "object" },
      ...output,
    },
  };
}

function formatted(text: string): string {
  const result = formatPolicy(text, "tools.yaml");
  return result.ok ? result.text : text;
}

import { basename, resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import {
  type ImportedTools,
  importToolList,
  importTools,
  isToolList,
  type ToolNote,
} from "@interlatch/policy";
import { wrongUse } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { readText, writeNew } from "../files.ts";
import type { Io } from "../io.ts";
import { counted, type Output, visible } from "../output.ts";
import { zodTools } from "../schema-import/zod-tools.ts";

/** So many notes are printed; `--json` has all. */
const SHOWN_NOTES = 200;

/** `interlatch schema import`: the `tools:` section of somebody else's descriptions, and what it could not carry over. */
export const schemaImport: Command = defineCommand({
  summary: "Makes the `tools:` section of a policy from JSON Schema, MCP tools/list or zod",
  example: [
    "interlatch schema import tools-list.json --output tools.yaml",
    "from the result of MCP tools/list; confirm each operation, then `include: tools.yaml`",
  ],
  args: {
    file: {
      type: "positional",
      description: "A JSON Schema, a dump of MCP tools/list, or a module that exports zod schemas",
    },
    as: {
      type: "enum",
      options: ["json-schema", "mcp", "zod"],
      description: "What the file is. `zod` RUNS the module. Left out: json-schema or mcp",
    },
    tool: {
      type: "string",
      valueHint: "NAME",
      description: "The tool whose arguments the JSON Schema describes. Default: the file's name",
    },
    output: {
      type: "string",
      valueHint: "FILE",
      description: "Writes to this new file, and where one is too small to FILE-2 and so on",
    },
  },
  run: async ({ args, io, output }) => {
    const file = args.file ?? "";
    const { as } = args;
    if (as === "zod" && args.tool !== undefined) {
      throw wrongUse("--tool names the tool of a JSON Schema; a module names its own.");
    }
    const { files, tools, notes } =
      as === "zod" ? await importZod(io, file, output) : await importJson(io, file, as, args.tool);
    printNotes(notes, output);
    const written = args.output === undefined ? [] : await write(io, args.output, files);
    if (args.output === undefined) print(files, output);
    else for (const path of written) output.say(path);
    output.status(`${counted(tools.length, "tool")} carried over`);
    return {
      exit: files.length === 0 ? EXIT.failed : EXIT.ok,
      json: { files: written, policies: files, tools, notes },
    };
  },
});

async function importJson(
  io: Io,
  file: string,
  as: string | undefined,
  tool: string | undefined,
): Promise<ImportedTools> {
  const document = parse(await readText(resolve(io.cwd, file), file), file);
  const isList = isToolList(document);
  if (as === "mcp" || (as === undefined && isList)) {
    if (tool !== undefined)
      throw wrongUse("--tool names the tool of a JSON Schema; a list names its own.");
    const made = await importToolList(document, visible(basename(file)));
    if (made !== undefined) return made;
    throw new InterlatchError(
      "ERR_FILE",
      `${file} is no result of MCP tools/list: it has no list \`tools\`.`,
    );
  }
  const name = tool ?? basename(file).replace(/(\.schema)?\.[^.]*$/, "");
  return importTools([{ name, arguments: document }], visible(basename(file)));
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = /\.[cm]?[jt]sx?$/.test(file)
      ? " A module of zod schemas is read with --as zod."
      : "";
    throw new InterlatchError("ERR_FILE", `${file} is no JSON: ${visible(why)}.${hint}`, { cause });
  }
}

async function importZod(io: Io, file: string, output: Output): Promise<ImportedTools> {
  output.warn(`running ${visible(file)}: --as zod imports the module, with all that it does`);
  const { sources, notes } = await zodTools(resolve(io.cwd, file), file);
  const made = await importTools(sources, visible(basename(file)));
  return { ...made, notes: [...notes, ...made.notes] };
}

async function write(io: Io, out: string, files: readonly string[]): Promise<readonly string[]> {
  const written: string[] = [];
  for (const [index, text] of files.entries()) {
    const path = index === 0 ? out : out.replace(/(\.ya?ml)?$/, `-${index + 1}$1`);
    await writeNew(resolve(io.cwd, path), path, text);
    written.push(path);
  }
  return written;
}

/** Two files in one stream would be one file that is none. */
function print(files: readonly string[], output: Output): void {
  const [only, ...others] = files;
  if (others.length > 0) {
    throw wrongUse(`The tools fill ${files.length} policy files; write them with --output FILE.`);
  }
  if (only !== undefined) output.say(only.trimEnd());
}

function printNotes(notes: readonly ToolNote[], { warn, paint }: Output): void {
  if (notes.length === 0) return;
  warn(paint.bold(`${counted(notes.length, "thing")} could not be carried over as it was:`));
  for (const { tool, place, message } of notes.slice(0, SHOWN_NOTES)) {
    const where = [paint.yellow(visible(tool ?? "the file")), visible(place)].join(" ").trimEnd();
    warn(`  ${where}  ${visible(message)}`);
  }
  if (notes.length > SHOWN_NOTES) {
    warn(`  and ${notes.length - SHOWN_NOTES} more; --json has all of them`);
  }
}

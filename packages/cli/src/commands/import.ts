import { basename, resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import {
  formatDiagnostic,
  importAgt,
  importLangchain,
  type ImportNote,
  type ImportResult,
} from "@interlatch/policy";
import { wrongUse } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { readText, writeNew } from "../files.ts";
import { counted, type Output, visible } from "../output.ts";

const IMPORTERS = { agt: importAgt, langchain: importLangchain } as const;

/** `interlatch import`: a policy of what another framework's file says, and a list of what it could not carry over. */
export const importPolicy: Command = defineCommand({
  summary: "Makes a policy of a LangChain interruptOn map or of Microsoft AGT YAML rules",
  example: [
    "interlatch import langchain hitl.json --out imported.yaml",
    "what could not be carried over goes to standard error, and never loosens",
  ],
  args: {
    from: { type: "positional", description: "langchain or agt" },
    file: { type: "positional", description: "The file: JSON or YAML" },
    out: {
      type: "string",
      valueHint: "FILE",
      description: "Writes the policy to this new file. Default: standard output",
    },
    id: {
      type: "string",
      valueHint: "ID",
      description: "The policy's id. Default: the file's name",
    },
    tool: {
      type: "string",
      valueHint: "NAME",
      description:
        "A tool that the agent has, also where the file does not name it. Several are fine",
    },
  },
  repeatable: ["tool"],
  run: async ({ args, all, io, output }) => {
    const importer = importerOf(args.from ?? "");
    const file = args.file ?? "";
    const source = { path: file, text: await readText(resolve(io.cwd, file), file) };
    const id = args.id ?? idOf(file);
    const made = await importer(source, { id, tools: all("tool") });
    const { text, notes } = orRefuse(file, made);
    printNotes(notes, output);
    if (args.out === undefined) output.say(text.trimEnd());
    else {
      await writeNew(resolve(io.cwd, args.out), args.out, text);
      output.say(args.out);
    }
    const json = { file: args.out ?? null, policy: text, notes };
    return { exit: EXIT.ok, json };
  },
});

function importerOf(name: string): (typeof IMPORTERS)[keyof typeof IMPORTERS] {
  if (name === "agt" || name === "langchain") return IMPORTERS[name];
  throw wrongUse(`Imports are from ${Object.keys(IMPORTERS).join(" or ")}; found ${name}.`);
}

function idOf(file: string): string {
  const name = basename(file)
    .replace(/\.[^.]*$/, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "");
  return name.slice(0, 128) || "imported";
}

function orRefuse(file: string, made: ImportResult): Extract<ImportResult, { ok: true }> {
  if (made.ok) return made;
  const faults = made.errors.map((error) => formatDiagnostic(error)).join("\n\n");
  throw new InterlatchError("ERR_POLICY", `${file} cannot be imported:\n\n${faults}`);
}

function printNotes(notes: readonly ImportNote[], { warn, paint }: Output): void {
  if (notes.length > 0)
    warn(paint.bold(`${counted(notes.length, "thing")} could not be carried over as it was:`));
  for (const { at, message, instead } of notes) {
    warn(`  ${visible(at)}  ${paint.yellow(instead.replace("_", " "))}  ${visible(message)}`);
  }
}

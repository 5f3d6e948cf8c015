import { readFile } from "node:fs/promises";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { exitTable } from "./exit-codes.ts";

/** The version of this package. */
export async function versionOf(): Promise<string> {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  const manifest: unknown = JSON.parse(text);
  const has = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return has ? String(manifest.version) : "unknown";
}

/** What `interlatch --help` prints. */
export async function overview(): Promise<string> {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const commands = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`,
  );
  return [
    `interlatch ${await versionOf()}: one signed policy decides every tool call of an agent`,
    "",
    "USAGE  interlatch COMMAND [OPTIONS]",
    "",
    ...commands,
    "",
    "Every command takes --help, --json (one JSON document on standard output) and --quiet.",
    "",
    "EXAMPLE",
    "",
    "  interlatch init && interlatch test",
    "  a new project, and its tests",
    "",
    "EXIT CODES",
    "",
    ...exitTable(),
  ].join("\n");
}

/** What `interlatch COMMAND --help` prints. */
export async function commandHelp(name: string, command: Command): Promise<string> {
  return `${await command.usage(name)}\n\nExit codes: interlatch --help.`;
}

import { isInterlatchError } from "@interlatch/core";
import { splitRest, wrongUse } from "./arguments.ts";
import type { Outcome } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT, exitOf } from "./exit-codes.ts";
import { commandHelp, overview, versionOf } from "./help.ts";
import { type Io, processIo } from "./io.ts";
import { createOutput, type Output } from "./output.ts";

/**
 * Runs one command line. Never throws: what goes wrong is printed, and is the exit code.
 *
 * @param argv - what stands after `interlatch`
 * @param io - where it reads and writes; default: this process
 * @returns the exit code, see `EXIT`
 * @example
 * ```ts
 * import { run } from "@interlatch/cli";
 * const code = await run(["check", "policy.yaml", "--json"]);
 * console.log(code === 0 ? "sound" : "not sound");
 * ```
 */
export async function run(argv: readonly string[], io: Io = processIo()): Promise<number> {
  const { own } = splitRest(argv);
  const json = own.includes("--json");
  const quiet = own.includes("--quiet") || own.includes("-q");
  const output = createOutput(io, { json, quiet });
  try {
    const { exit, json: document } = await dispatch(argv, { io, output, json });
    if (json) print(io, document);
    return exit;
  } catch (error) {
    return fail(error, { io, output, json });
  }
}

interface Run {
  readonly io: Io;
  readonly output: Output;
  readonly json: boolean;
}

async function dispatch(argv: readonly string[], run: Run): Promise<Outcome> {
  const { name, before, after } = commandOf(argv);
  const own = [...before, ...splitRest(after).own];
  const wantsHelp = own.includes("--help") || own.includes("-h");
  if (name === undefined) {
    if (before.includes("--version") || before.includes("-v")) return tell(run, await versionOf());
    if (wantsHelp) return tell(run, await overview());
    run.output.warn(await overview());
    throw wrongUse("A command is missing.");
  }
  if (name === "help") return help(after, run);
  const entry = await entryOf(name, after);
  const command = await entry.load();
  if (wantsHelp) return tell(run, await commandHelp(name, command));
  return command.run([...before, ...after], run);
}

interface NamedCommand {
  readonly name: string | undefined;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** The first word that is no option names the command; with a second word, where the two together are one. */
function commandOf(argv: readonly string[]): NamedCommand {
  const at = argv.findIndex((word) => !word.startsWith("-"));
  if (at < 0) return { name: undefined, before: argv, after: [] };
  const [first = "", second = ""] = argv.slice(at);
  const both = `${first} ${second}`;
  const isBoth = Object.hasOwn(COMMANDS, both);
  return {
    name: isBoth ? both : first,
    before: argv.slice(0, at),
    after: argv.slice(at + (isBoth ? 2 : 1)),
  };
}

async function entryOf(name: string, after: readonly string[]): Promise<(typeof COMMANDS)[string]> {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry !== undefined) return entry;
  const { nearest } = await import("@interlatch/policy");
  const names = Object.keys(COMMANDS);
  const longer = names.filter((each) => each.startsWith(`${name} `));
  if (longer.length > 0) throw wrongUse(`\`${name}\` goes on: ${longer.join(", ")}.`);
  const near = nearest(name, names) ?? nearest(`${name} ${after[0] ?? ""}`, names);
  throw wrongUse(
    near === undefined
      ? `There is no command "${name}". Commands: ${names.join(", ")}.`
      : `There is no command "${name}". Did you mean \`interlatch ${near}\`?`,
  );
}

async function help(after: readonly string[], run: Run): Promise<Outcome> {
  const words = after.filter((word) => !word.startsWith("-"));
  if (words.length === 0) return tell(run, await overview());
  const { name = "", after: rest } = commandOf(words);
  const entry = await entryOf(name, rest);
  return tell(run, await commandHelp(name, await entry.load()));
}

/** What a reader asked for, so it is also printed with `--quiet`. */
function tell({ output }: Run, text: string): Outcome {
  output.say(text);
  return { exit: EXIT.ok, json: { text } };
}

/** The one document of `--json`. Indented: people read it too. */
function print(io: Io, document: object): void {
  io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

function fail(error: unknown, { io, output, json }: Run): number {
  if (!isInterlatchError(error)) return failInternally(error, { io, output, json });
  const { code, message } = error;
  if (json) print(io, { error: { code, message } });
  output.warn(errorLine(output, code, message));
  return exitOf(code);
}

function failInternally(error: unknown, { io, output, json }: Run): number {
  const why = error instanceof Error ? error.message : String(error);
  const message = `This is a defect of interlatch: ${why}. INTERLATCH_DEBUG=1 prints where.`;
  const code = "ERR_INTERNAL";
  if (json) print(io, { error: { code, message } });
  output.warn(errorLine(output, code, message));
  if (io.env["INTERLATCH_DEBUG"] && error instanceof Error) output.warn(error.stack ?? "");
  return EXIT.internal;
}

function errorLine({ paint }: Output, code: string, message: string): string {
  return `${paint.red("error")} ${paint.dim(code)} ${message}`;
}

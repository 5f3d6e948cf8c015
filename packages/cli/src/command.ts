import { type ArgsDef, type ParsedArgs, parseArgs, renderUsage } from "citty";
import { checkArguments, splitRest } from "./arguments.ts";
import type { Io } from "./io.ts";
import type { Output } from "./output.ts";

/** What a command came to. */
export interface Outcome {
  /** The exit code, see `EXIT`. */
  readonly exit: number;
  /** The document that `--json` prints. */
  readonly json: object;
}

/** What a command works with. */
export interface Surroundings {
  readonly io: Io;
  readonly output: Output;
  readonly json: boolean;
}

/** One call of a command. */
export interface Call<Args extends ArgsDef> extends Surroundings {
  readonly args: ParsedArgs<Args>;
  /** Every value of an option that may stand several times, in order. */
  all(option: keyof Args & string): readonly string[];
  /** What stands without an option's name before it, in order. */
  readonly operands: readonly string[];
  /** What stands behind `--`. */
  readonly rest: readonly string[];
}

/** How a command is written down. */
export interface CommandDefinition<Args extends ArgsDef> {
  /** One sentence. */
  readonly summary: string;
  /** A command line that works in a folder made by `init`, and what it is for. */
  readonly example: readonly [line: string, comment: string];
  readonly args: Args;
  /** Options that may stand several times. */
  readonly repeatable?: readonly (keyof Args & string)[];
  /** Whether the last operand may stand several times. */
  readonly isLastRepeatable?: boolean;
  /** What may stand behind `--`; left out: nothing. */
  readonly rest?: string;
  run(call: Call<Args>): Promise<Outcome>;
}

/** A command that can be run and explained. */
export interface Command {
  /** What `--help` prints; in colour, which the printer takes off where there is none. */
  usage(name: string): Promise<string>;
  /** @throws ERR_OPTIONS for wrong use */
  run(raw: readonly string[], surroundings: Surroundings): Promise<Outcome>;
}

/** The options that every command has. */
const COMMON = {
  json: { type: "boolean", description: "Prints one JSON document and nothing else" },
  quiet: { type: "boolean", alias: "q", description: "Prints only what was asked for, and errors" },
  help: { type: "boolean", alias: "h", description: "Prints this" },
} as const satisfies ArgsDef;

/** Makes a command: arguments are read strictly, then by their definition. */
export function defineCommand<const Args extends ArgsDef>(
  definition: CommandDefinition<Args>,
): Command {
  const all: ArgsDef = { ...definition.args, ...COMMON };
  const { summary, example, repeatable = [], isLastRepeatable = false } = definition;
  const { rest: restMeaning } = definition;
  return {
    usage: async (name) => {
      const meta = { name: `interlatch ${name}`, description: summary };
      const usage = await renderUsage({ meta, args: all });
      const [line, comment] = example;
      const behind = restMeaning === undefined ? [] : ["", `BEHIND --  ${restMeaning}`];
      const lines = usage
        .trimEnd()
        .split("\n")
        .map((each) => each.trimEnd());
      return [...lines, ...behind, "", "EXAMPLE", "", `  ${line}`, `  ${comment}`].join("\n");
    },
    run: async (raw, surroundings) => {
      const { own, rest } = splitRest(raw);
      const { operands, values } = checkArguments(
        { own, rest },
        { args: all, repeatable, isLastRepeatable, takesRest: restMeaning !== undefined },
      );
      return definition.run({
        ...surroundings,
        args: parseArgs<Args>([...own], all),
        all: (option) => values.get(option) ?? [],
        operands,
        rest: rest ?? [],
      });
    },
  };
}

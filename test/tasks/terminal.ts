import { stripVTControlCharacters, styleText } from "node:util";

/** Where a script's output goes, and how much of it. */
export interface Terminal {
  /** Whether colour may be used: only on a terminal, and never with `NO_COLOR`. */
  readonly colour: boolean;
  readonly quiet: boolean;
  /** Prints a line that a reader may want; nothing with `--quiet`. */
  readonly note: (text: string) => void;
  /** Prints a line that is always wanted: failures, and the closing line. */
  readonly say: (text: string) => void;
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** The parts of a stream that a {@link Terminal} needs; `process.stdout` is one. */
export interface Output {
  readonly isTTY?: boolean;
  readonly write: (text: string) => unknown;
}

/** What decides how a script prints. */
export interface TerminalOptions {
  readonly quiet: boolean;
  readonly output?: Output;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A {@link Terminal} on standard output, or on the given stream. */
export function createTerminal({
  quiet,
  output = process.stdout,
  environment = process.env,
}: TerminalOptions): Terminal {
  // https://no-color.org: set to anything but the empty string.
  const colour = output.isTTY === true && !environment["NO_COLOR"];
  const say = (text: string): void => {
    output.write(`${colour ? text : stripVTControlCharacters(text)}\n`);
  };
  const paint =
    (style: "green" | "red" | "dim") =>
    (text: string): string =>
      colour ? styleText(style, text, { validateStream: false }) : text;
  return {
    colour,
    quiet,
    say,
    note: quiet ? () => {} : say,
    green: paint("green"),
    red: paint("red"),
    dim: paint("dim"),
  };
}

import type { Io, Stream } from "./io.ts";

/** Where a command's words go. With `--json` nothing but the one document reaches standard output. */
export interface Output {
  /** Whether standard output is coloured: only on a terminal, and never with `NO_COLOR`. */
  readonly colour: boolean;
  readonly paint: Paint;
  /** Whether only what was asked for is to be printed. */
  readonly quiet: boolean;
  /** What was asked for. Standard output; nothing with `--json`. */
  say(text: string): void;
  /** What is good to know beside it. Standard output; nothing with `--json` or `--quiet`. */
  note(text: string): void;
  /** What goes wrong or should worry. Standard error, always. */
  warn(text: string): void;
  /** That work goes on. Standard error; nothing with `--quiet`. */
  status(text: string): void;
}

/** Puts colour around a text. Where a stream has no colour it is taken off again. */
export type Paint = Readonly<Record<Style, (text: string) => string>>;
type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

const STYLES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

const paint = (style: Style) => {
  const [on, off] = STYLES[style];
  return (text: string): string => `\u001b[${on}m${text}\u001b[${off}m`;
};

const PAINT: Paint = {
  bold: paint("bold"),
  dim: paint("dim"),
  red: paint("red"),
  green: paint("green"),
  yellow: paint("yellow"),
  cyan: paint("cyan"),
};

/** How much a command prints. */
export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** The words of a command, on the streams it was given. */
export function createOutput(io: Io, { json, quiet }: OutputOptions): Output {
  const nothing = (): void => undefined;
  const say = writer(io.stdout, io.env);
  const warn = writer(io.stderr, io.env);
  return {
    colour: isColoured(io.stdout, io.env),
    paint: PAINT,
    quiet,
    say: json ? nothing : say,
    note: json || quiet ? nothing : say,
    warn,
    status: quiet ? nothing : warn,
  };
}

/** https://no-color.org: set to anything but the empty text. */
function isColoured(stream: Stream, env: Io["env"]): boolean {
  return stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

function writer(stream: Stream, env: Io["env"]): (text: string) => void {
  const coloured = isColoured(stream, env);
  return (text) => {
    stream.write(`${coloured ? harmless(text) : visible(text.replace(COLOUR, ""))}\n`);
  };
}

const COLOUR = /\u001b\[[0-9;]*m/g;
/**
 * Everything that moves a cursor, turns the direction of writing or is not seen (a model reads tags and variation
 * selectors all the same), but for tabs and line ends.
 */
const CONTROL = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const CONTROL_BUT_COLOUR = new RegExp(`${COLOUR.source}|${CONTROL.source}`, "gu");

/**
 * A text from outside as it may be shown: names in a bundle or a log were written by somebody else, and a control
 * character among them could rewrite the terminal of the person who judges it.
 */
export function visible(text: string): string {
  return text.replace(CONTROL, escaped);
}

/** As {@link visible}, but for our own colours. */
function harmless(text: string): string {
  return text.replace(CONTROL_BUT_COLOUR, (found) => (found.length > 2 ? found : escaped(found)));
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A value from outside as JSON on one line, cut where it is long. */
export function shown(value: unknown, length = 200): string {
  const text = visible(JSON.stringify(value) ?? "nothing");
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** `1 error`, `2 errors`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** Counts what held and what did not, and prints a line for each. Every line of the demo is one of these. */
export class Checks {
  passed = 0;
  failed = 0;
  readonly #print: (text: string) => void;
  readonly #printFailure: (text: string) => void;
  readonly #colour: boolean;

  /** `quiet`: prints what did not hold, and nothing else. */
  constructor(print: (text: string) => void, colour: boolean, quiet = false) {
    this.#print = quiet ? () => undefined : print;
    this.#printFailure = print;
    this.#colour = colour;
  }

  /** Prints a heading. */
  heading(text: string): void {
    this.#print(`\n${this.paint("bold", text)}`);
  }

  note(text: string): void {
    this.#print(this.paint("dim", text));
  }

  /** Notes whether something held. `shown` is printed either way, `wrong` beside it when it did not. */
  expect(held: boolean, shown: string, wrong = ""): void {
    if (held) this.passed++;
    else this.failed++;
    const sign = held ? this.paint("green", "✓") : this.paint("red", "✗");
    const print = held ? this.#print : this.#printFailure;
    print(`${sign} ${shown}${held || wrong === "" ? "" : this.paint("red", `  ${wrong}`)}`);
  }

  paint(style: keyof typeof STYLES, text: string): string {
    return this.#colour ? `\u001B[${STYLES[style]}m${text}\u001B[0m` : text;
  }
}

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

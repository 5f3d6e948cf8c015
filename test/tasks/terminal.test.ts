import { describe, expect, it } from "vitest";
import { createTerminal, type TerminalOptions } from "./terminal.ts";

function record(options: Partial<TerminalOptions> & { readonly isTTY: boolean }): {
  readonly terminal: ReturnType<typeof createTerminal>;
  readonly text: () => string;
} {
  const parts: string[] = [];
  const terminal = createTerminal({
    quiet: options.quiet ?? false,
    environment: options.environment ?? {},
    output: { isTTY: options.isTTY, write: (part) => parts.push(part) },
  });
  return { terminal, text: () => parts.join("") };
}

const ESCAPE = "\u001B[";

describe("colour", () => {
  it("is used on a terminal", () => {
    const { terminal, text } = record({ isTTY: true });
    terminal.say(terminal.red("no"));
    expect(text()).toContain(ESCAPE);
  });

  it("is left out when the output is not a terminal", () => {
    const { terminal, text } = record({ isTTY: false });
    terminal.say(`${terminal.red("no")} ${ESCAPE}32mfrom a child${ESCAPE}0m`);
    expect(text()).toBe("no from a child\n");
  });

  it("is left out with NO_COLOR, and not with an empty one", () => {
    expect(record({ isTTY: true, environment: { NO_COLOR: "1" } }).terminal.colour).toBe(false);
    expect(record({ isTTY: true, environment: { NO_COLOR: "" } }).terminal.colour).toBe(true);
  });
});

it("--quiet keeps what must be said and drops notes", () => {
  const { terminal, text } = record({ isTTY: false, quiet: true });
  terminal.note("a note");
  terminal.say("1 passed, 0 failed");
  expect(text()).toBe("1 passed, 0 failed\n");
});

import { EventEmitter } from "node:events";
import type { ReadStream } from "node:tty";
import { describe, expect, it } from "vitest";
import { askSecret } from "./ask-secret.ts";

/** A terminal that types what the test types. */
class Terminal extends EventEmitter {
  readonly modes: boolean[] = [];
  shown = "";
  isReading = false;

  setRawMode(mode: boolean): void {
    this.modes.push(mode);
  }
  setEncoding(): void {}
  resume(): void {
    this.isReading = true;
  }
  pause(): void {
    this.isReading = false;
  }
  write(text: string): void {
    this.shown += text;
  }
  ask(): Promise<string> {
    // Of a terminal, only these methods and events are used.
    return askSecret("Passphrase: ", this as unknown as ReadStream, this);
  }
  type(...keys: readonly string[]): void {
    for (const key of keys) this.emit("data", key);
  }
}

describe("askSecret", () => {
  it("reads a line without showing it, and leaves the terminal as it was", async () => {
    const terminal = new Terminal();
    const answer = terminal.ask();
    terminal.type("cor", "rect", " horse\r");
    expect(await answer).toBe("correct horse");
    expect(terminal.shown).toBe("Passphrase: \n");
    expect(terminal.modes).toEqual([true, false]);
    expect(terminal.isReading).toBe(false);
    expect(terminal.listenerCount("data")).toBe(0);
  });

  it("takes back what is taken back, whole characters at a time", async () => {
    const terminal = new Terminal();
    const answer = terminal.ask();
    terminal.type("ab", "\u007f", "😀", "\u0008", "c\n");
    expect(await answer).toBe("ac");
  });

  it.each([
    ["Ctrl-C", (terminal: Terminal) => terminal.type("ab\u0003")],
    ["Ctrl-D", (terminal: Terminal) => terminal.type("\u0004")],
    ["the end of the input", (terminal: Terminal) => terminal.emit("end")],
  ])("is given up with %s", async (_, end) => {
    const terminal = new Terminal();
    const answer = terminal.ask();
    end(terminal);
    await expect(answer).rejects.toMatchObject({ code: "ERR_KEY" });
    expect(terminal.modes).toEqual([true, false]);
  });
});

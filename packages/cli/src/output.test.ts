import { describe, expect, it, vi } from "vitest";
import { createOutput, shown, visible } from "./output.ts";
import { progress } from "./progress.ts";

function streams(isTTY: boolean) {
  const printed = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof printed) => ({
    isTTY,
    write: (text: string) => (printed[name] += text),
  });
  const io = {
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    env: {},
    cwd: "/",
    now: () => 0,
  };
  return { io, printed };
}

const all = (output: ReturnType<typeof createOutput>): void => {
  output.say("say");
  output.note("note");
  output.warn("warn");
  output.status("status");
};

describe("output", () => {
  it.each([
    [{ json: false, quiet: false }, "say\nnote\n", "warn\nstatus\n"],
    [{ json: false, quiet: true }, "say\n", "warn\n"],
    [{ json: true, quiet: false }, "", "warn\nstatus\n"],
    [{ json: true, quiet: true }, "", "warn\n"],
  ])("goes where it belongs with %j", (options, stdout, stderr) => {
    const { io, printed } = streams(false);
    all(createOutput(io, options));
    expect(printed).toEqual({ stdout, stderr });
  });

  it("keeps our own colours on a terminal, and no other control sequence", () => {
    const { io, printed } = streams(true);
    const { say, paint } = createOutput(io, { json: false, quiet: false });
    say(`${paint.red("a")}\u001b[2J\u0007b\u202e\u{e0068}`);
    expect(printed.stdout).toBe("\u001b[31ma\u001b[39m\\u{1b}[2J\\u{7}b\\u{202e}\\u{e0068}\n");
  });

  it("takes colours off where there is no terminal", () => {
    const { io, printed } = streams(false);
    const { say, paint } = createOutput(io, { json: false, quiet: false });
    say(paint.bold("a"));
    expect(printed.stdout).toBe("a\n");
  });

  it("shows foreign text with its control characters written out, colours too", () => {
    expect(visible("a\u001b[31mb\n\tc\u0000")).toBe("a\\u{1b}[31mb\n\tc\\u{0}");
    expect(visible("a\u{e0068}\ufe0f\u00adb")).toBe("a\\u{e0068}\\u{fe0f}\\u{ad}b");
    expect(shown({ a: "x\u009by" })).toBe('{"a":"x\\u{9b}y"}');
    expect(shown(undefined)).toBe("nothing");
    expect(shown("x".repeat(300))).toHaveLength(200);
  });
});

describe("progress", () => {
  it("is silent for two seconds, then speaks every two seconds", () => {
    vi.useFakeTimers();
    try {
      const { io, printed } = streams(false);
      const done = progress(createOutput(io, { json: true, quiet: false }), "tests", 9);
      for (let count = 1; count <= 9; count++) {
        vi.advanceTimersByTime(700);
        done(count);
      }
      expect(printed.stderr).toBe("… tests: 3 of 9\n… tests: 6 of 9\n… tests: 9 of 9\n");
    } finally {
      vi.useRealTimers();
    }
  });
});

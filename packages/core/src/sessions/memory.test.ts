import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { SessionMemory } from "./memory.ts";

describe("what sessions remember", () => {
  it("counts denials by session and by call", () => {
    const memory = new SessionMemory();
    expect([1, 2, 3].map(() => memory.denied("s", "d"))).toEqual([1, 2, 3]);
    expect(memory.denied("s", "other")).toBe(1);
    expect(memory.denied("t", "d")).toBe(1);
    expect(memory.denied("s", "d")).toBe(4);
  });

  verifies("core.run.memory", "is bounded in sessions: the one unused longest goes first", () => {
    const memory = new SessionMemory();
    memory.denied("first", "d");
    memory.denied("kept", "d");
    for (let n = 0; n < 9_998; n++) memory.denied(`s${n}`, "d");
    expect(memory.denied("kept", "d")).toBe(2);
    memory.denied("one more", "d");
    expect(memory.denied("kept", "d")).toBe(3);
    expect(memory.denied("first", "d")).toBe(1);
  });

  verifies("core.run.memory", "is bounded in calls for each session", () => {
    const memory = new SessionMemory();
    memory.denied("s", "first");
    for (let n = 0; n < 256; n++) memory.denied("s", `d${n}`);
    expect(memory.denied("s", "first")).toBe(1);
    expect(memory.denied("s", "d255")).toBe(2);
  });
});

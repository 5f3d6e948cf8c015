import { testRollbackStore } from "@interlatch/conformance";
import { describe, expect, it } from "vitest";
import { inlineSource } from "./inline-source.ts";
import { memoryRollback } from "./memory-rollback.ts";

const digest = (letter: string): string => letter.repeat(64);

const state = () => {
  const rollback = memoryRollback();
  return () => rollback;
};
testRollbackStore({ name: "memory", state }, { describe, expect, it });

describe("memoryRollback", () => {
  it("keeps a copy that its caller cannot change", async () => {
    const store = memoryRollback();
    const entry = { version: 3, digest: digest("a") };
    await store.advance("root", entry);
    entry.version = 1;
    expect(await store.get("root")).toEqual({ version: 3, digest: digest("a") });
  });
});

describe("inlineSource", () => {
  it("gives the bytes of a text, and a copy of bytes each time", async () => {
    expect(await inlineSource("ä").read()).toEqual(Uint8Array.of(0xc3, 0xa4));
    const bytes = Uint8Array.of(1, 2);
    const source = inlineSource(bytes, "edge");
    bytes[0] = 9;
    const first = await source.read();
    first[1] = 9;
    expect(await source.read()).toEqual(Uint8Array.of(1, 2));
    expect(source.name).toBe("edge");
  });
});

import { describe, expect, it } from "vitest";
import { inlineSource } from "./inline-source.ts";
import { memoryRollback } from "./memory-rollback.ts";

const digest = (letter: string): string => letter.repeat(64);

describe("memoryRollback", () => {
  it("keeps the newest entry of each key and never goes back", async () => {
    const store = memoryRollback();
    expect(await store.get("root")).toBeUndefined();
    const third = { version: 3, digest: digest("a") };
    expect(await store.advance("root", third)).toEqual(third);
    expect(await store.advance("root", { version: 2, digest: digest("b") })).toEqual(third);
    expect(await store.advance("root", { version: 3, digest: digest("c") })).toEqual(third);
    expect(await store.get("root")).toEqual(third);
    expect(await store.get("bundle:a#prod")).toBeUndefined();
  });

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

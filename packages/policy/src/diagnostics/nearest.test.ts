import { describe, expect, it } from "vitest";
import { nearest } from "./nearest.ts";

describe("nearest", () => {
  it("finds the name that a misspelt one stands for", () => {
    expect(nearest("acton", ["name", "action", "reason"])).toBe("action");
    expect(nearest("amout", ["note", "amount"])).toBe("amount");
    expect(nearest("sensitve", ["public", "sensitive"])).toBe("sensitive");
  });

  it("takes swapped neighbours and another case for one mistake or none", () => {
    expect(nearest("raed", ["read", "road"])).toBe("read");
    expect(nearest("startswith", ["endsWith", "startsWith"])).toBe("startsWith");
  });

  it("suggests nothing that is further away", () => {
    expect(nearest("effect", ["action", "name"])).toBeUndefined();
    expect(nearest("q", ["a", "b"])).toBeUndefined();
    expect(nearest("x", [])).toBeUndefined();
  });

  it("never suggests the word itself", () => {
    expect(nearest("read", ["read"])).toBeUndefined();
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { globMatches } from "./globs.ts";

describe("globMatches", () => {
  it.each([
    ["db_*", "db_read", true],
    ["db_*", "db_", true],
    ["db_*", "my_db_read", false],
    ["db_*", "db_a/b", false],
    ["db_**", "db_a/b", true],
    ["*", "fs/read", false],
    ["**", "fs/read", true],
    ["fs/*/read", "fs/a/read", true],
    ["fs/*/read", "fs/a/b/read", false],
    ["fs/**/read", "fs/a/b/read", true],
    ["*_read", "DB_READ", false],
    ["a.b", "axb", false],
    ["read", "read", true],
    ["*read*", "xreadread", true],
    ["a*b*c", "abcbc", true],
  ])("%s and %s: %s", (glob, name, expected) => {
    expect(globMatches(glob, name)).toBe(expected);
  });

  it("agrees with the pattern it stands for", () => {
    const signs = fc.string({ unit: fc.constantFrom("a", "b", "/", "."), maxLength: 8 });
    const globs = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "*", "**"), maxLength: 6 });
    fc.assert(
      fc.property(globs, signs, (glob, name) => {
        const source = glob
          .replaceAll(".", "\\.")
          .replace(/\*+/g, (stars) => (stars.length > 1 ? ".*" : "[^/]*"));
        expect(globMatches(glob, name)).toBe(new RegExp(`^${source}$`, "s").test(name));
      }),
    );
  });

  it("does not backtrack", () => {
    expect(globMatches(`${"*a".repeat(60)}b`, "a".repeat(128))).toBe(false);
  });
});

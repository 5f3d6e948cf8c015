import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { REQUIREMENTS } from "@interlatch/conformance";
import { describe, expect, it } from "vitest";
import { ROOT } from "./tasks/child.ts";
import { verifies } from "./verifies.ts";

const ids = REQUIREMENTS.map(({ id }) => id);
const text = await readFile(join(ROOT, "SECURITY.md"), "utf8");

/** The guarantees: a sentence in bold each, and the requirements in the last parentheses. */
const guarantees = [...text.matchAll(/^\d+\. \*\*(.+?)\*\*(.*)$/gm)].map(
  ([, title = "", rest = ""]) => ({ title, named: /\(([^()]*)\)$/.exec(rest)?.[1] ?? "" }),
);

/** What the words of a guarantee name: single ids, families such as `evasion.*`, and ranges of attacks. */
function expand(named: string): readonly { readonly name: string; readonly found: string[] }[] {
  return [...named.matchAll(/`([^`]+)`(?: to `([^`]+)`)?/g)].map(([name, from = "", to]) => {
    if (from.endsWith("*"))
      return { name, found: ids.filter((id) => id.startsWith(from.slice(0, -1))) };
    if (to === undefined) return { name, found: ids.filter((id) => id === from) };
    return { name, found: [from, to].every((id) => ids.includes(id)) ? between(from, to) : [] };
  });
}

/** `bundle.attack.50` to `bundle.attack.56`, both of them and what lies between. */
function between(from: string, to: string): string[] {
  const family = from.replace(/\d+$/, "");
  expect(to.replace(/\d+$/, "")).toBe(family);
  const numberOf = (id: string): number => Number(id.slice(family.length));
  return ids.filter(
    (id) => id.startsWith(family) && numberOf(id) >= numberOf(from) && numberOf(id) <= numberOf(to),
  );
}

describe("the security policy", () => {
  verifies("security.guarantees", "names requirements that exist, for each guarantee", () => {
    expect(guarantees.length).toBeGreaterThanOrEqual(13);
    for (const { title, named } of guarantees) {
      const expanded = expand(named);
      expect(expanded.length, title).toBeGreaterThan(0);
      for (const { name, found } of expanded) expect(found, `${title}: ${name}`).not.toEqual([]);
    }
  });

  it("reaches every attack on signed documents by some guarantee", () => {
    const reached = new Set(
      guarantees.flatMap(({ named }) => expand(named).flatMap(({ found }) => found)),
    );
    const attacks = ids.filter((id) => id.startsWith("bundle.attack."));
    expect(attacks.filter((id) => !reached.has(id))).toEqual([]);
  });

  it("finds nothing for a name that does not exist, nor for a range with an end that does not", () => {
    expect(expand("`no.such`, `nothing.*`, `bundle.attack.01` to `bundle.attack.999`")).toEqual([
      { name: "`no.such`", found: [] },
      { name: "`nothing.*`", found: [] },
      { name: "`bundle.attack.01` to `bundle.attack.999`", found: [] },
    ]);
    expect(expand("`bundle.attack.02` to `bundle.attack.04`")[0]?.found).toHaveLength(3);
  });
});

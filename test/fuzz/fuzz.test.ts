import { describe, expect, it } from "vitest";
import { verifies } from "../verifies.ts";
import { compiler } from "./compiler.ts";
import { conditions } from "./conditions.ts";
import { ir } from "./ir.ts";
import { properties } from "./properties.ts";
import { Random } from "./random.ts";
import { type FuzzReport, type FuzzTarget, runTarget } from "./target.ts";

/** The short form of a target; what fails comes with its seed. */
async function short(target: FuzzTarget): Promise<FuzzReport> {
  const report = await runTarget(target, 1, target.cases.short);
  expect(report.faults.map((lines) => lines.join("\n"))).toEqual([]);
  return report;
}

/** How many cases had a label that begins so. */
function share({ labels, passed }: FuzzReport, label: RegExp): number {
  let count = 0;
  for (const [name, cases] of labels) if (label.test(name)) count += cases;
  return count / passed;
}

describe("random cases", () => {
  verifies(
    "language.other-engines",
    "of conditions get the answer that two other engines agree on",
    async () => {
      const report = await short(conditions);
      expect(share(report, /^all say (true|false)/)).toBeGreaterThan(0.3);
      expect(share(report, /^the others differ/)).toBeLessThan(0.4);
      expect(share(report, /^deviation/)).toBeLessThan(0.1);
    },
  );

  verifies(
    "language.compiler-total",
    "of documents are answered, or compile and decide",
    async () => {
      const report = await short(compiler);
      expect(share(report, /compiled$/)).toBeGreaterThan(0.25);
      expect(share(report, /refused$/)).toBeGreaterThan(0.25);
    },
  );

  verifies("language.hostile-policy", "of hostile policies are refused or decided", async () => {
    const report = await short(ir);
    expect(share(report, /^decided$/)).toBeGreaterThan(0.1);
    expect(share(report, /^refused/)).toBeGreaterThan(0.25);
  });

  verifies("language.less-tightens", "of policies keep what every policy promises", async () => {
    const report = await short(properties);
    expect(share(report, /^allow$/)).toBeGreaterThan(0.1);
    expect(share(report, /^review$/)).toBeGreaterThan(0.02);
  });
});

describe("a run", () => {
  const failing = (label: string, run: FuzzTarget["run"]): FuzzTarget => ({
    summary: label,
    cases: { long: 1, short: 1 },
    run,
  });

  it("keeps the seed of what fails, counts it, and goes on", async () => {
    const target = failing("odd ones fail", (seed) =>
      Promise.resolve(seed % 2 === 0 ? { label: "even" } : { label: "odd", fault: ["it is odd"] }),
    );
    const { passed, failed, faults, labels } = await runTarget(target, 1, 4);
    expect({ passed, failed, faults, labels: [...labels] }).toEqual({
      passed: 2,
      failed: 2,
      faults: [
        ["seed 1", "it is odd"],
        ["seed 3", "it is odd"],
      ],
      labels: [
        ["odd", 2],
        ["even", 2],
      ],
    });
  });

  it("takes an exception for a fault", async () => {
    const { failed, faults } = await runTarget(
      failing("throws", () => Promise.reject(new TypeError("not a function"))),
      9,
      1,
    );
    expect(failed).toBe(1);
    expect(faults[0]?.slice(0, 2)).toEqual(["seed 9", "TypeError: not a function"]);
  });

  it("takes more than a second for a fault", async () => {
    const { faults } = await runTarget(
      failing("is slow", () => {
        const end = performance.now() + 1_010;
        while (performance.now() < end);
        return Promise.resolve({ label: "done" });
      }),
      1,
      1,
    );
    expect(faults[0]?.[1]).toMatch(/^took \d+ ms, more than 1000/);
  });
});

describe("random numbers", () => {
  it("come again for a seed and differ from those of the next", () => {
    const first = (seed: number): readonly number[] => {
      const random = new Random(seed);
      return Array.from({ length: 8 }, () => random.below(1_000));
    };
    expect(first(5)).toEqual(first(5));
    expect(first(5)).not.toEqual(first(6));
  });

  it("stay in range and use all of it", () => {
    const random = new Random(1);
    const seen = new Set(Array.from({ length: 200 }, () => random.below(6)));
    expect(seen).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });
});

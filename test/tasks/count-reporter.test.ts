import { expect, it } from "vitest";
import { countModules, type CountedModule } from "./count-reporter.ts";

const module = (state: string, ...tests: readonly string[]): CountedModule => ({
  state: () => state,
  children: { allTests: () => tests.map((test) => ({ result: () => ({ state: test }) })) },
});

it("counts passed, failed and skipped tests", () => {
  const modules = [module("failed", "passed", "failed", "skipped"), module("passed", "passed")];
  expect(countModules(modules, 0)).toEqual({ passed: 2, failed: 1, skipped: 1 });
});

it("counts a file that could not be loaded as one failure", () => {
  expect(countModules([module("failed")], 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

it("counts a file whose hook threw after its tests as one failure", () => {
  expect(countModules([module("failed", "passed")], 0).failed).toBe(1);
});

it("counts a test without a result as failed", () => {
  expect(countModules([module("failed", "pending")], 0).failed).toBe(1);
});

it("counts errors that belong to no test", () => {
  expect(countModules([module("passed", "passed")], 2)).toEqual({
    passed: 1,
    failed: 2,
    skipped: 0,
  });
});

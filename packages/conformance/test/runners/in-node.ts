import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { testAdapter, type Runner } from "../../src/index.ts";
import { loop } from "../loop-adapter.ts";
import { compile } from "./compile.ts";

/** `node:test` has no `expect`: these two words of it are all that the kit needs. */
const expect: Runner["expect"] = (actual) => ({
  toBe: (expected) => assert.equal(actual, expected),
  // Cloned, since what a guard gives has no prototype and `assert` looks at it.
  toEqual: (expected) => assert.deepEqual(structuredClone(actual), structuredClone(expected)),
});

const runner: Runner = {
  describe: (name, body) => void describe(name, body),
  it: (name, body) => void it(name, body),
  expect,
};

testAdapter(loop, runner, { compile });

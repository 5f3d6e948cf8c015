/** A violation that lint must find. */
export interface Planted {
  /** What is wrong, as the end of "lint finds …". */
  readonly what: string;
  readonly file: string;
  readonly text: string;
  /** The rule that must report it, in oxlint's form. */
  readonly rule: string;
}

const LAYERS = "eslint(no-restricted-imports)";

/** A file that breaks the layers by importing one module, in the way given. */
function layer(what: string, file: string, statement: string): Planted {
  return { what, file: `packages/${file}`, text: `${statement}\n`, rule: LAYERS };
}

const LAYER_VIOLATIONS: readonly Planted[] = [
  layer("node: in core", "core/src/p1.ts", `export { readFileSync } from "node:fs";`),
  layer(
    "a node: module that core loads late",
    "core/src/p2.ts",
    `export const f = () => import("node:os");`,
  ),
  layer(
    "a Node module without its prefix in core",
    "core/src/p3.ts",
    `export { join } from "path";`,
  ),
  layer("yaml in core", "core/src/a/p4.ts", `export { parse } from "yaml";`),
  layer("zod in core, even its types", "core/src/p5.ts", `export type { ZodType } from "zod";`),
  layer("a framework in core", "core/src/p6.ts", `import "@langchain/core/tools";`),
  layer("policy in core", "core/src/p7.ts", `export * from "@interlatch/policy";`),
  layer("core/node in the rest of core", "core/src/a/p8.ts", `export * from "../node/file.ts";`),
  layer("RE2 in core", "core/src/p10.ts", `export const f = () => import("@bufbuild/re2");`),
  layer("yaml in core/node", "core/src/node/p9.ts", `export { parse } from "yaml";`),
  layer(
    "node: in core's detectors",
    "core/src/detectors/p1.ts",
    `export { join } from "node:path";`,
  ),
  layer("a framework in policy", "policy/src/p1.ts", `export { tool } from "ai";`),
  layer("an adapter in policy", "policy/src/p2.ts", `export * from "@interlatch/langchain";`),
  layer(
    "policy in the LangChain adapter",
    "langchain/src/p1.ts",
    `export * from "@interlatch/policy";`,
  ),
  layer(
    "LangGraph in the LangChain adapter",
    "langchain/src/p2.ts",
    `export * from "@langchain/langgraph";`,
  ),
  layer("node: in an adapter", "langchain/src/p3.ts", `export { join } from "node:path";`),
  layer("core/node in an adapter", "langchain/src/p4.ts", `export * from "@interlatch/core/node";`),
  layer(
    "the AI SDK adapter in the LangGraph one",
    "langgraph/src/p1.ts",
    `export * from "@interlatch/ai-sdk";`,
  ),
  layer(
    "core/node in the LangGraph adapter",
    "langgraph/src/p2.ts",
    `export * from "@interlatch/core/node";`,
  ),
  layer(
    "the LangChain adapter in the AI SDK one",
    "ai-sdk/src/p1.ts",
    `export * from "@interlatch/langchain";`,
  ),
  layer(
    "core/node in the AI SDK adapter",
    "ai-sdk/src/p2.ts",
    `export * from "@interlatch/core/node";`,
  ),
  layer("run-time code of ai in its adapter", "ai-sdk/src/p3.ts", `export { tool } from "ai";`),
  layer(
    "run-time code of ai that its adapter loads late",
    "ai-sdk/src/p4.ts",
    `export const f = () => import("ai");`,
  ),
  layer("a test runner in the kit", "conformance/src/p1.ts", `export { it } from "vitest";`),
  layer("policy in the kit", "conformance/src/p2.ts", `export * from "@interlatch/policy";`),
  layer("policy in the stores", "stores/src/p1.ts", `export * from "@interlatch/policy";`),
  layer("core/node in the stores", "stores/src/p2.ts", `export * from "@interlatch/core/node";`),
  layer("another database in the stores", "stores/src/p3.ts", `export { Redis } from "ioredis";`),
  layer("an adapter in the command", "cli/src/p1.ts", `export * from "@interlatch/ai-sdk";`),
];

const CORE = "packages/core/src/rules";

const RULE_VIOLATIONS: readonly Planted[] = [
  {
    what: "a cycle of modules",
    file: `${CORE}/cycle-a.ts`,
    text: `import { b } from "./cycle-b.ts";\nexport const a = (): unknown => b;\n`,
    rule: "import(no-cycle)",
  },
  {
    what: "a module that imports itself",
    file: `${CORE}/itself.ts`,
    text: `import { x as y } from "./itself.ts";\nexport const x = (): unknown => y;\n`,
    rule: "import(no-self-import)",
  },
  {
    what: "two imports of one module",
    file: `${CORE}/twice.ts`,
    text: `import { b } from "./cycle-b.ts";\nimport { c } from "./cycle-b.ts";\nexport const d = [b, c];\n`,
    rule: "import(no-duplicates)",
  },
  {
    what: "a default export",
    file: `${CORE}/default.ts`,
    text: `export default 1;\n`,
    rule: "import(no-default-export)",
  },
  {
    what: "any",
    file: `${CORE}/any.ts`,
    text: `export const x = (y: any): unknown => y;\n`,
    rule: "typescript(no-explicit-any)",
  },
  {
    what: "a source file of more than 350 lines",
    file: `${CORE}/long.ts`,
    text: "export {};\n".repeat(351),
    rule: "eslint(max-lines)",
  },
  {
    what: "a promise that nobody waits for",
    file: `${CORE}/floating.ts`,
    text: `const p = async (): Promise<void> => {};\nexport function f(): void {\n  p();\n}\n`,
    rule: "typescript(no-floating-promises)",
  },
  {
    what: "a promise where none is expected",
    file: `${CORE}/misused.ts`,
    text: `export const f = (x: Promise<boolean>): number => (x ? 1 : 2);\n`,
    rule: "typescript(no-misused-promises)",
  },
  {
    what: "a switch in core that only a default completes",
    file: `${CORE}/switch.ts`,
    text: `export function f(x: "a" | "b"): number {\n  switch (x) {\n    case "a":\n      return 1;\n    default:\n      return 2;\n  }\n}\n`,
    rule: "typescript(switch-exhaustiveness-check)",
  },
  {
    what: "a switch that names too little and has no default",
    file: "packages/policy/src/switch.ts",
    text: `export function f(x: "a" | "b"): void {\n  switch (x) {\n    case "a":\n      return;\n  }\n}\n`,
    rule: "typescript(switch-exhaustiveness-check)",
  },
  {
    what: "console in a package",
    file: `${CORE}/console.ts`,
    text: `export const f = (): void => console.log(1);\n`,
    rule: "eslint(no-console)",
  },
  {
    what: "a top-level await in a package",
    file: "packages/cli/src/late.ts",
    text: `export const x: number = await Promise.resolve(1);\n`,
    rule: "node(no-top-level-await)",
  },
  {
    what: "Buffer in core",
    file: `${CORE}/buffer.ts`,
    text: `export const f = (): unknown => Buffer.from("a");\n`,
    rule: "eslint(no-restricted-globals)",
  },
  {
    what: "process in core",
    file: `${CORE}/process.ts`,
    text: `export const f = (): unknown => process.env;\n`,
    rule: "eslint(no-restricted-globals)",
  },
  {
    what: "eval",
    file: `${CORE}/eval.ts`,
    text: `export const f = (x: string): unknown => eval(x);\n`,
    rule: "eslint(no-eval)",
  },
  {
    what: "new Function",
    file: `${CORE}/function.ts`,
    text: `export const f = (x: string): unknown => new Function(x);\n`,
    rule: "eslint(no-new-func)",
  },
  {
    what: "a timer that evaluates text",
    file: `${CORE}/timer.ts`,
    text: `export const f = (x: string): unknown => setTimeout(x, 1);\n`,
    rule: "typescript(no-implied-eval)",
  },
  {
    what: "a loose comparison",
    file: `${CORE}/loose.ts`,
    text: `export const f = (x: unknown): boolean => x == 1;\n`,
    rule: "eslint(eqeqeq)",
  },
  {
    what: "var",
    file: `${CORE}/var.ts`,
    text: `export var x = 1;\n`,
    rule: "eslint(no-var)",
  },
  {
    what: "let where const would do",
    file: `${CORE}/let.ts`,
    text: `export const f = (): number => {\n  let x = 1;\n  return x;\n};\n`,
    rule: "eslint(prefer-const)",
  },
  {
    what: "a test that keeps the others from running",
    file: "test/only.test.ts",
    text: `import { it } from "vitest";\nit.only("x", () => {});\n`,
    rule: "vitest(no-focused-tests)",
  },
  {
    what: "an expectation that expects nothing",
    file: "test/nothing.test.ts",
    text: `import { expect, it } from "vitest";\nit("x", () => {\n  expect(1);\n});\n`,
    rule: "vitest(valid-expect)",
  },
  {
    what: "a test that is switched off",
    file: "test/skip.test.ts",
    text: `import { it } from "vitest";\nit.skip("x", () => {});\n`,
    rule: "vitest(no-disabled-tests)",
  },
];

/** One violation for each rule, and for each edge that the layers forbid. */
export const PLANTED: readonly Planted[] = [...LAYER_VIOLATIONS, ...RULE_VIOLATIONS];

/** The other half of the planted cycle. */
export const HALVES: Readonly<Record<string, string>> = {
  [`${CORE}/cycle-b.ts`]:
    'import { a } from "./cycle-a.ts";\nexport const b = (): unknown => a;\nexport const c = 1;\n',
};

/** Files that lint must leave alone: what each layer may do. */
export const SOUND: Readonly<Record<string, string>> = {
  "packages/core/src/sound.ts": `import { sha256 } from "@noble/hashes/sha2.js";
import { y } from "./rules/sound.ts";
export const x = (): unknown => [sha256, y];
`,
  "packages/core/src/rules/sound.ts": "export const y = 1;\n",
  "packages/core/src/rules/types-a.ts":
    'import type { B } from "./types-b.ts";\nexport type A = B | 1;\n',
  "packages/core/src/rules/types-b.ts":
    'import type { A } from "./types-a.ts";\nexport type B = readonly A[];\n',
  "packages/core/src/node/sound.ts": `import { readFile } from "node:fs/promises";
import { y } from "../rules/sound.ts";
export const x = (): unknown => [readFile, y, Buffer.from("a")];
`,
  "packages/core/src/sound.test.ts": `import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
it("may use Node", () => expect(readFileSync).toBeDefined());
`,
  "packages/core/src/detectors/sound.ts": 'export { RE2JS } from "re2js";\n',
  "packages/policy/src/sound.ts": `import { readFile } from "node:fs/promises";
import { RE2JS } from "@bufbuild/re2";
import { digest } from "@interlatch/core";
import { sign } from "@interlatch/core/sign";
import { parse as cel } from "@marcbachmann/cel-js";
import { parse } from "yaml";
import { z } from "zod";
export const all = [readFile, RE2JS, digest, sign, cel, parse, z];
`,
  "packages/langchain/src/sound.ts": `import { guard } from "@interlatch/core";
import { tool } from "@langchain/core/tools";
import { createMiddleware } from "langchain";
export const all = [guard, tool, createMiddleware];
`,
  "packages/langgraph/src/sound.ts": `import { guard } from "@interlatch/core";
import { guardTool } from "@interlatch/langchain";
import { ToolMessage } from "@langchain/core/messages";
import { interrupt } from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
export const all = [guard, guardTool, ToolMessage, interrupt, ToolNode];
`,
  "packages/ai-sdk/src/sound.ts": `import { guard } from "@interlatch/core";
import type { ToolSet } from "ai";
export type Tools = ToolSet;
export const all = [guard];
`,
  "packages/conformance/src/sound.ts": `import { readFile } from "node:fs/promises";
import { testGuard } from "@interlatch/core/testing";
export const all = [readFile, testGuard];
`,
  "packages/stores/src/sound.ts": `import { createHash } from "node:crypto";
import { guard } from "@interlatch/core";
import { openingOf } from "@interlatch/core/approvals";
export const all = [createHash, guard, openingOf, () => import("pg")];
`,
  "packages/cli/src/sound.ts": `import { compile } from "@interlatch/policy";
import { defineCommand } from "citty";
export const all = [compile, defineCommand];
console.log(all);
`,
  "test/sound.config.ts": "export default {};\n",
};

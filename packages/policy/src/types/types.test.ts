import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { compilePolicy } from "../compile.ts";
import { policyTypes } from "./types.ts";
import { verifies } from "../../../../test/verifies.ts";

const POLICY = `
interlatch: 1
id: desk
agents:
  support: { when: agent.role == "support", tools: [export_data, "mail*"] }
  nobody: { when: "false" }
shapes:
  facts:
    properties: { row_limit: { type: integer }, owner: { $ref: "#/$defs/name" }, home: { $ref: "#" } }
    required: [row_limit]
    $defs: { name: { type: string } }
tools:
  export_data:
    operation: read
    resources: none
    description: "Exports a table. */ type Evil = any; /*"
    arguments:
      properties:
        table: { enum: [orders, customers] }
        size: { type: integer, description: How many rows }
        note: { type: [string, "null"] }
        filter:
          anyOf: [{ type: string }, { type: array, items: { type: [string, number] } }]
      required: [table, size]
    output: { type: array, items: { type: object, properties: { id: { type: string } }, required: [id] } }
  mail.send:
    operation: egress
    resources: none
    arguments:
      type: object
      properties:
        to: { type: array, prefixItems: [{ type: string }], items: { type: number } }
        "reply-to": { const: "a@b.test" }
        more: { $ref: "#/$defs/tree" }
        never: false
        any: true
      additionalProperties: { type: string }
      $defs:
        tree:
          type: object
          properties: { value: { type: number }, children: { type: array, items: { $ref: "#/$defs/tree" } } }
          required: [value]
  map: { operation: read, resources: none, arguments: { type: object, additionalProperties: { type: number } } }
  undescribed: { operation: read, resources: none }
rules: []
`;

const USES = `
import type { Agents, Facts, Results, ToolName, Tools, Types } from "./tools.js";
export const full: Tools["export_data"] = { table: "orders", size: 1, note: null, filter: ["a", 1] };
export const less: Tools["export_data"] = { table: "customers", size: 1, filter: "x" };
// @ts-expect-error: no such table
export const table: Tools["export_data"] = { table: "people", size: 1 };
// @ts-expect-error: size is missing
export const size: Tools["export_data"] = { table: "orders" };
// @ts-expect-error: arguments are closed
export const other: Tools["export_data"] = { table: "orders", size: 1, extra: true };
export const mail: Tools["mail.send"] = {
  to: ["a", 1, 2],
  "reply-to": "a@b.test",
  more: { value: 1, children: [{ value: 2 }] },
  extra: "open",
};
// @ts-expect-error: a child without a value
export const child: Tools["mail.send"] = { more: { value: 1, children: [{}] } };
// @ts-expect-error: never
export const never: Tools["mail.send"] = { never: 1 };
export const map: Tools["map"] = { a: 1 };
// @ts-expect-error: numbers only
export const words: Tools["map"] = { a: "b" };
export const anything: Tools["undescribed"] = { a: [{}] };
export const result: Results["export_data"] = [{ id: "1" }];
export const tool: ToolName = "mail.send";
// @ts-expect-error: no such tool
export const none: ToolName = "mail";
export const agent: Agents["support"] = "mail.send";
// @ts-expect-error: not in the profile
export const beyond: Agents["support"] = "map";
export const facts: Facts = { row_limit: 1, owner: "ann", home: { row_limit: 2 } };
// @ts-expect-error: a fact without its limit
export const noLimit: Types["facts"] = { owner: "ann" };
export const all: Types["tools"]["map"] = { a: 1 };
// @ts-expect-error: an empty profile
export const nothing: Agents["nobody"] = "map";
`;

/** What the compiler says of files, with the strictest settings. */
function compilerSays(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "interlatch-types-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const program = join(
      dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
      "bin",
      "tsc",
    );
    const settings = [
      "--ignoreConfig",
      "--strict",
      "--noEmit",
      "--exactOptionalPropertyTypes",
      "--module",
      "nodenext",
    ];
    const names = Object.keys(files).map((name) => join(folder, name));
    const ran = spawnSync(process.execPath, [program, ...settings, "--types", "", ...names], {
      encoding: "utf8",
    });
    if (ran.error !== undefined) throw ran.error;
    return ran.stdout + ran.stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function typesOf(text: string): Promise<string> {
  const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
  if (!result.ok)
    throw new Error(result.errors.map((one) => `${one.line} ${one.message}`).join("\n"));
  return policyTypes(result.policy);
}

describe("policyTypes", () => {
  verifies(
    "types.fit",
    "gives types that permit what the policy permits, and refuse what it refuses",
    async () => {
      const types = await typesOf(POLICY);
      expect(compilerSays({ "tools.d.ts": types, "uses.ts": USES })).toBe("");
    },
  );

  it("describes arguments as they are written", async () => {
    const text = `interlatch: 1
id: desk
tools:
  a: { operation: read, arguments: { type: object, properties: { n: { type: integer, description: How many } }, required: [n] } }
`;
    expect(await typesOf(text)).toBe(`// Types of the policy "desk", made by \`interlatch types\`.

/** The arguments of each tool. */
export interface Tools {
  readonly a: {
    /** How many */
    readonly n: number;
  };
}

/** The name of a tool. */
export type ToolName = keyof Tools;

/** The results of the tools whose results are described. */
export interface Results {}

/** The tools that each agent profile may ask for at most. */
export interface Agents {}

/** All of it, for \`createGuard<Types>\`. */
export interface Types {
  readonly tools: Tools;
  readonly results: Results;
  readonly agents: Agents;
}
`);
  });

  it("lets no description leave its comment", async () => {
    const types = await typesOf(POLICY);
    expect(types).toContain("/** Exports a table. * / type Evil = any; /* */");
  });
});

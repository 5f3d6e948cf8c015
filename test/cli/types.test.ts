import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { ROOT, runNode } from "../tasks/child.ts";
import { verifies } from "../verifies.ts";
import { workplace } from "./command-line.ts";

const POLICY = `interlatch: 1
id: desk
shapes:
  facts: { properties: { region: { enum: [eu, us] } }, required: [region] }
tools:
  refund:
    operation: spend
    arguments: { properties: { order: { type: integer }, amount: { type: number } }, required: [order, amount] }
    default: allow
`;

const HOST = `import { createGuard, fileAudit } from "@interlatch/core/node";
import type { Types } from "./desk.js";
export async function host(trust: string, given: { id: string; arguments: unknown }) {
  const options = { bundle: "desk.json", trust, audience: "prod", audit: fileAudit("audit/") };
  const guard = await createGuard<Types>(options);
  const ticket = guard.for({ agent: { id: "a1" }, facts: { region: "eu" } });
  const total: number[] = [];
  await guard.run({ ticket, tool: "refund", ...given }, ({ amount }) => total.push(amount));
`;

/** Each of them is a mistake, on the line after those of the host. */
const MISTAKES = [
  'await guard.run({ ticket, tool: "refunds", ...given }, () => 1);',
  'await guard.run({ ticket, tool: "refund", ...given }, ({ amuont }) => amuont);',
  'guard.for({ agent: { id: "a1" }, facts: { region: "mars" } });',
  'guard.for({ agent: { id: "a1" } });',
];

verifies("types.guard", "a host is compiled against the types of its policy", async () => {
  const place = workplace();
  place.write("policy.yaml", POLICY);
  expect(await place.run(["types", "policy.yaml", "--output", "desk.d.ts"])).toMatchObject({
    code: 0,
  });

  // In this workspace, where its imports resolve; ignored by git and by every tool.
  await mkdir(join(ROOT, ".interlatch"), { recursive: true });
  const folder = await mkdtemp(join(ROOT, ".interlatch/types-"));
  try {
    await writeFile(join(folder, "desk.d.ts"), place.read("desk.d.ts"));
    const programs = ["", ...MISTAKES];
    await Promise.all(
      programs.map((line, index) => {
        const text = `${HOST}${line}\n  return total;\n}\n`;
        return writeFile(join(folder, `host-${index}.ts`), text);
      }),
    );
    const options = { extends: join(ROOT, "test/tsconfig.json"), include: ["*.ts"], exclude: [] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(options));
    const compiler = "node_modules/typescript/bin/tsc";
    const { output } = await runNode(compiler, ["-p", folder, "--pretty", "false"]);
    const line = HOST.split("\n").length;
    const found = [...output.matchAll(/host-(\d+)\.ts\((\d+),/g)].map(([, host, at]) => [host, at]);
    expect(found, output).toEqual(MISTAKES.map((_, index) => [`${index + 1}`, `${line}`]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

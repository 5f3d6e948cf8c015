import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { verifies } from "../../../test/verifies.ts";

const SCRIPT = `
const { guardAI } = require("@interlatch/ai-sdk");
const { testGuard } = require("@interlatch/core/testing");
const { generateText, tool } = require("ai6");
const { MockLanguageModelV3 } = require("ai6/test");
const { z } = require("zod");
(async () => {
  const guard = await testGuard({ search: "allow", refund: "deny" });
  const ran = [];
  const named = (name) => tool({ inputSchema: z.looseObject({}), execute: () => ran.push(name) });
  const call = (name) => ({ type: "tool-call", toolCallId: name, toolName: name, input: "{}" });
  const model = new MockLanguageModelV3({
    doGenerate: async () => ({
      content: [call("search"), call("refund")],
      finishReason: { unified: "tool-calls", raw: "tool-calls" },
      usage: { inputTokens: { total: 1 }, outputTokens: { total: 1 } },
      warnings: [],
    }),
  });
  const g = guardAI(guard, guard.ticket());
  const tools = { search: named("search"), refund: named("refund") };
  await generateText({ model, prompt: "go", ...g.options(tools) });
  console.log(JSON.stringify({ ran, codes: guard.decisions.map(({ decision }) => decision.code) }));
})();
`;

verifies("ai.43", "a CommonJS program requires the adapter and AI SDK 6", () => {
  const output = execFileSync(
    process.execPath,
    ["--conditions=@interlatch/source", "--input-type=commonjs", "-e", SCRIPT],
    { cwd: fileURLToPath(new URL("..", import.meta.url)), encoding: "utf8" },
  );
  const lines = output.trim().split("\n");
  expect(JSON.parse(lines.at(-1) ?? "")).toEqual({
    ran: ["search"],
    codes: ["allowed", "rule_denied"],
  });
});

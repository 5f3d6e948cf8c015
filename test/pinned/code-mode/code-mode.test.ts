import {
  DIRECT_TOOL_CALL,
  experimental_codeModeTool as codeModeTool,
  experimental_createCodeModeTool as createCodeModeTool,
  type CodeModeOptions,
} from "@ai-sdk/code-mode";
import { guardAI, type GuardAIOptions } from "@interlatch/ai-sdk";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import { generateText, stepCountIs, streamText, tool, type LanguageModel, type ToolSet } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { describe, expect } from "vitest";
import { z } from "zod";
import { scripted, type Model } from "../../../packages/ai-sdk/test/script.ts";
import { verifies } from "../../verifies.ts";

const POLICY = { code_mode: "allow", search: "allow", refund: "deny", pay: "review" } as const;
const NESTED = ["search", "refund", "pay"] as const;
/** The same class, of another version. */
const Mock = MockLanguageModelV4 as unknown as Model;
const MODES = ["generate", "stream"] as const;

/** Two ways to give tools to code: bound by the SDK, and handed to the tool that runs it. */
const WAYS = MODES.flatMap((mode) =>
  (["bound", "handed"] as const).map((way) => [mode, way] as const),
);

/** One program that the model writes, in a real loop of the SDK; what it comes to and what its tools did. */
async function program(
  [mode, way]: (typeof WAYS)[number],
  guard: TestGuard,
  js: string,
  { options, code }: { readonly options?: GuardAIOptions; readonly code?: CodeModeOptions } = {},
) {
  const ran: string[] = [];
  const nested = Object.fromEntries(
    NESTED.map((name) => [
      name,
      tool({
        inputSchema: z.looseObject({}),
        execute: (input) => {
          ran.push(`${name} ${JSON.stringify(input)}`);
          return `${name} ran`;
        },
      }),
    ]),
  ) satisfies ToolSet;
  const g = guardAI(guard, guard.ticket(), options);
  const callers = Object.fromEntries(NESTED.map((name) => [name, ["code_mode", DIRECT_TOOL_CALL]]));
  const settings =
    way === "bound"
      ? {
          ...g.options({ ...nested, code_mode: codeModeTool(code) }),
          experimental_toolCallers: callers,
        }
      : g.options({ code_mode: createCodeModeTool(g.tools(nested), code) });
  const calls = [{ id: "c1", tool: "code_mode", input: { js } }];
  const { model, requests } = scripted(Mock, [{ calls }]);
  const given = {
    model: model as LanguageModel, // a mock model of this very package
    prompt: "go",
    stopWhen: stepCountIs(3),
    maxRetries: 0,
    ...settings,
  } as Parameters<typeof generateText>[0]; // callers are typed by the names of literal tools
  const result = mode === "generate" ? await generateText(given) : streamText(given);
  const text = await result.text;
  const last = requests.at(-1)?.prompt as { role: string; content: unknown }[];
  const output = last
    .filter(({ role }) => role === "tool")
    .flatMap(({ content }) => content as { output: { type: string; value: unknown } }[])
    .map((part) => part.output)[0];
  return { ran, text, output };
}

function recorded({ audit }: TestGuard): readonly (readonly [string, string])[] {
  return audit.records.flatMap((record) =>
    record.type === "outcome" ? [[record.tool, record.outcome] as const] : [],
  );
}

describe.each(WAYS)("code that a model writes: %s, %s", (...way) => {
  verifies(
    "ai.36",
    "calls tools through the guard, and gets a denial as an ordinary value",
    async () => {
      const guard = await testGuard(POLICY);
      const js = `
      const found = await tools.search({ n: 1 });
      const denied = await tools.refund({ n: 2 });
      const [a, b] = await Promise.all([tools.search({ n: 3 }), tools.refund({ n: 4 })]);
      return { found, reason: denied["@interlatch/denied"].reason, a, b: typeof b };`;
      const made = await program(way, guard, js);
      expect(made.ran).toEqual(['search {"n":1}', 'search {"n":3}']);
      expect(made.output).toEqual({
        type: "json",
        value: {
          found: "search ran",
          reason: "A rule forbids this call as it is.",
          a: "search ran",
          b: "object",
        },
      });
      expect(made.text).toBe("done");
      const nested = recorded(guard).filter(([name]) => name !== "code_mode");
      expect(nested.toSorted(([a], [b]) => a.localeCompare(b))).toEqual([
        ["refund", "blocked"],
        ["refund", "blocked"],
        ["search", "executed"],
        ["search", "executed"],
      ]);
      const ids = guard.decisions.map(({ call }) => call);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  verifies("ai.36", "has no way to a person, and is told so", async () => {
    const guard = await testGuard(POLICY);
    const js = `
      const paid = await tools.pay({ n: 1 });
      return paid["@interlatch/denied"].reason;`;
    const made = await program(way, guard, js);
    expect(made.ran).toEqual([]);
    expect(made.output).toMatchObject({ value: expect.stringContaining("nobody can be asked") });
    expect(guard.decisions.map(({ decision }) => decision.code)).toContain("review_unavailable");
  });

  verifies("ai.36", "waits for the host's reviewer where the guard has one", async () => {
    const guard = await testGuard(POLICY, {
      onReview: ({ call }) => ({
        reviewer: "ann",
        answer: call.tool === "pay" ? "approve" : "reject",
      }),
    });
    const made = await program(way, guard, "return await tools.pay({ n: 1 });");
    expect(made.ran).toEqual(['pay {"n":1}']);
    expect(made.output).toMatchObject({ value: "pay ran" });
  });

  verifies(
    "ai.36",
    "runs no reviewed call where reviews are asked in the conversation",
    async () => {
      const ANN = { id: "ann", groups: ["reviewer"] };
      const answers: readonly CodeModeOptions[] = [
        {},
        { approval: { onApprovalRequired: () => "approved" } },
      ];
      for (const code of answers) {
        const guard = await testGuard(POLICY);
        const js = `
        try { return await tools.pay({ n: 1 }); } catch (error) { return String(error); }`;
        const made = await program(way, guard, js, { options: { reviewer: ANN }, code });
        expect(made.ran).toEqual([]);
        // A sentence, and the run goes on.
        expect(JSON.stringify(made.output)).toMatch(/approval/);
        expect(made.text).toBe("done");
      }
    },
  );

  verifies("ai.36", "that does not catch a failure ends its own call and not the run", async () => {
    const guard = await testGuard(POLICY);
    const made = await program(way, guard, `return (await tools.refund({})).missing.field;`);
    expect(made.ran).toEqual([]);
    expect(made.output?.type).toMatch(/^error-/);
    expect(made.text).toBe("done");
  });

  verifies("ai.36", "does not run at all where the policy denies it", async () => {
    const guard = await testGuard({ ...POLICY, code_mode: "deny" });
    const made = await program(way, guard, "return await tools.search({});");
    expect(made.ran).toEqual([]);
    expect(made.output).toMatchObject({ type: "execution-denied" });
  });
});

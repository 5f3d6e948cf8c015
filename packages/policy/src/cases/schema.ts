import { DECISION_CODES } from "@interlatch/core";
import { z } from "zod";
import { choice } from "../document/shape.ts";

const json = z.record(z.string(), z.unknown());

const agent = z
  .object({
    id: z.string().min(1),
    roles: z.array(z.string()).optional(),
    function: z.string().optional(),
  })
  .catchall(z.unknown())
  .describe("Who acts: `id`, `roles`, `function` and further claims.");

const identity = z
  .strictObject({
    agent,
    user: z
      .object({ id: z.string().min(1) })
      .catchall(z.unknown())
      .optional()
      .describe("For whom the agent acts."),
    tenant: z.string().optional(),
    session: z.string().optional(),
    context: json.optional().describe("What conditions read as `context.NAME`."),
  })
  .describe("The host's word on who acts.");

const fallback = z.strictObject({
  message: z.string().optional().describe("The exact text."),
  value: z.unknown().optional().describe("The exact value."),
});

const expectation = z
  .strictObject({
    effect: choice(["allow", "review", "deny"]),
    code: choice(Object.keys(DECISION_CODES)).optional(),
    rule: z.string().nullable().optional().describe("The deciding rule; `null`: no rule decided."),
    arguments: json.optional().describe("The effective arguments, whole."),
    fallback: fallback.optional(),
  })
  .describe("What the decision must be. Only what is written is checked.");

const varied = {
  identity: identity.optional(),
  time: z.string().optional().describe("The clock, as an RFC 3339 instant."),
  facts: json.optional().describe("Facts of the host, beside those of the policy."),
};

const row = z.strictObject({
  name: z.string().min(1).optional(),
  arguments: json.optional().describe("Laid over the arguments of the case, key by key."),
  ...varied,
  expect: expectation.optional(),
});

const testCase = z.strictObject({
  name: z.string().min(1).describe("A sentence that says what holds."),
  call: z.strictObject({ tool: z.string(), arguments: json.optional() }),
  ...varied,
  expect: expectation.optional(),
  table: z
    .array(row)
    .min(1)
    .optional()
    .describe("The same call with other arguments, identities, times."),
});

/** The shape of a `*.test.yaml` file. */
export const policyTestDocument: z.ZodType = z.strictObject({
  policy: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe("The files of the policy, relative to this one. Left out: the one beside it."),
  defaults: z
    .strictObject({ identity: identity.optional(), time: z.string().optional() })
    .optional()
    .describe("For cases that do not give their own; a case's own replaces the whole."),
  cases: z.array(testCase),
});

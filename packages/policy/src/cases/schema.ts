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

const user = z
  .object({ id: z.string().min(1) })
  .catchall(z.unknown())
  .describe("For whom the agent acts.");

const context = json.describe("What conditions read as `context.NAME`.");

const identity = z
  .strictObject({
    agent,
    user: user.optional(),
    tenant: z.string().optional(),
    session: z.string().optional(),
    context: context.optional(),
  })
  .describe("The host's word on who acts.");

const fallback = z.strictObject({
  message: z.string().optional().describe("The exact text."),
  value: z.unknown().optional().describe("The exact value."),
  tool: z.string().optional().describe("The lesser tool that runs instead, with `arguments`."),
  arguments: json.optional().describe("The exact arguments of the lesser tool."),
  route: z.string().optional().describe("The node that the run goes on at."),
});

const obligation = z
  .strictObject({
    kind: choice(["max_batch_size", "rate_limit", "redact"]),
    rule: z.string().optional(),
    max: z.number().optional(),
    windowMs: z.number().optional(),
    by: z.array(z.string()).optional(),
    onExceed: choice(["deny", "review"]).optional(),
    paths: z.array(z.unknown()).optional(),
    as: z.string().optional(),
  })
  .describe("As `interlatch explain --json` shows it; only what is written is compared.");

const expectation = z
  .strictObject({
    effect: choice(["allow", "review", "deny"]),
    code: choice(Object.keys(DECISION_CODES)).optional(),
    rule: z.string().nullable().optional().describe("The deciding rule; `null`: no rule decided."),
    rules: z.array(z.string()).optional().describe("All rules that matched, in any order."),
    obligations: z.array(obligation).optional().describe("All obligations, in any order."),
    arguments: json.optional().describe("The effective arguments, whole."),
    retry_after: z.int().min(0).optional().describe("Seconds until the same call could pass."),
    fallback: fallback.optional(),
  })
  .describe("What the decision must be. Only what is written is checked.");

const call = z.strictObject({
  id: z.string().min(1).optional(),
  tool: z.string(),
  arguments: json.optional(),
});

/** Who acts, part by part: each replaces that part of the `identity` around it. */
const parts = {
  agent: agent.optional(),
  user: user.optional(),
  tenant: z.string().optional(),
  context: context.optional(),
};

const facts = json.optional().describe("Facts of the host, beside those of the policy.");

const earlier = z
  .strictObject({
    call,
    ...parts,
    facts,
    at: z
      .string()
      .optional()
      .describe("When: `-30s` before the case's own call, or an instant. Left out: as before it."),
    times: z.int().min(1).max(100_000).optional().describe("How often, one after the other."),
    result: z.unknown().optional().describe("What the tool gave."),
    review: choice(["approve", "reject"])
      .optional()
      .describe("What a person answered where a rule asks one. Left out: `approve`."),
    expect: expectation.optional(),
  })
  .describe("A call that was made before.");

const varied = {
  identity: identity.optional(),
  ...parts,
  time: z.string().optional().describe("The clock, as an RFC 3339 instant."),
  facts,
};

const session = z
  .array(earlier)
  .optional()
  .describe("The calls before this one, the oldest first: they take limits and count as denials.");

/** The columns of a table that are whole keys; further columns name a place by its path. */
const row = z
  .object({
    name: z.string().min(1).optional(),
    arguments: json.optional().describe("Laid over the arguments of the case, key by key."),
    call: z.unknown().optional(),
    identity: z.unknown().optional(),
    agent: z.unknown().optional(),
    user: z.unknown().optional(),
    tenant: z.unknown().optional(),
    context: z.unknown().optional(),
    time: z.unknown().optional(),
    facts: z.unknown().optional(),
    session: z.unknown().optional(),
    expect: z.unknown().optional(),
  })
  .catchall(z.unknown())
  .describe("The case again with other values: whole keys, or paths as `arguments.size`.");

const testCase = z.strictObject({
  name: z.string().min(1).describe("A sentence that says what holds."),
  call,
  ...varied,
  session,
  expect: expectation.optional(),
  table: z
    .array(row)
    .min(1)
    .optional()
    .describe("The same call with other arguments, identities, times."),
});

/** The keys that a row may hold whole. */
export const COLUMNS: readonly string[] = Object.keys(row.shape);

/** The shape of a `*.test.yaml` file. */
export const policyTestDocument: z.ZodType = z.strictObject({
  policy: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe("The files of the policy, relative to this one. Left out: the one beside it."),
  defaults: z
    .strictObject(varied)
    .optional()
    .describe("For cases that do not give their own; a case's own replaces the whole."),
  cases: z.array(testCase),
});

/** The shape of cases once rows and defaults are laid over them. */
export const laidOutCases: z.ZodType = z.strictObject({
  cases: z.array(
    z.strictObject({
      name: z.unknown(),
      call,
      identity,
      time: varied.time,
      facts,
      session,
      expect: expectation,
    }),
  ),
});

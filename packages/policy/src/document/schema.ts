import { z } from "zod";
import { DATA_CLASSES, OPERATIONS } from "@interlatch/core";
import { argumentSchemaDocument } from "./argument-schema.ts";
import { choice, NOT_SUPPORTED_YET, notYet, textOrList } from "./shape.ts";

/** The words for an action: the canonical ones, then those of the seed vocabulary. */
export const ACTIONS: Readonly<Record<string, "allow" | "review" | "deny">> = {
  allow: "allow",
  review: "review",
  deny: "deny",
  auto_approve: "allow",
  approve: "allow",
  human_review: "review",
  block: "deny",
};

/** What a limit can be counted by, beside tenant and rule. */
export const LIMIT_KEYS: readonly ("agent" | "user" | "session")[] = ["agent", "user", "session"];

const conditions = z
  .union([z.string(), z.array(z.string()).min(1)])
  .describe("A condition, or a list of conditions that must all hold.");

const fallback = z
  .strictObject({
    message: z
      .string()
      .optional()
      .describe("Text for the model; `{reason}`, `{tool}` and `{rule}` are filled in."),
    value: z
      .unknown()
      .optional()
      .describe("What the agent gets as the tool's result; `{expression}` is filled in."),
    tool: notYet("A lesser tool that runs instead."),
    arguments: notYet("The arguments of that tool."),
    route: notYet("The node that the run goes on at."),
    throw: notYet("Ends the run with an exception."),
  })
  .describe("What the agent gets instead of a denied call.");

const profile = z.strictObject({
  when: conditions.describe('The agents this profile is for; `"true"` for everybody.'),
  tools: textOrList(
    "The tools these agents may ask for: names, and globs that are expanded at build.",
  ).optional(),
  databases: notYet("Databases, each `read` or `write`."),
  endpoints: notYet("Names and URLs of endpoints."),
  network: notYet("Hosts."),
  paths: notYet("Directories, each `read` or `write`."),
});

const batch = z.strictObject({
  argument: z
    .string()
    .min(1)
    .describe("The argument that says how many things the call touches: a number or a list."),
  mode: choice(["clamp"], ["chunk"]).optional().describe("How a batch is made smaller: `clamp`."),
  results: notYet("How the results of chunks are joined."),
});

const tool = z.strictObject({
  description: z.string().optional(),
  operation: choice(OPERATIONS).optional().describe("What the tool does. Left out: `write`."),
  data: choice(DATA_CLASSES)
    .optional()
    .describe("How delicate the data it touches is. Left out: unknown."),
  reversible: z
    .boolean()
    .optional()
    .describe("Whether what it does can be undone. Left out: true for `read` alone."),
  arguments: argumentSchemaDocument
    .optional()
    .describe("JSON Schema of the arguments. Left out: undescribed."),
  resources: z
    .union([
      z.literal("none"),
      z
        .record(z.string(), z.unknown())
        .refine(() => false, { params: { problem: NOT_SUPPORTED_YET } }),
    ])
    .optional()
    .describe("`none`. Named resources are not run by this engine yet."),
  batch: batch.optional(),
  default: choice(["allow", "deny"])
    .optional()
    .describe("The effect when no rule matches. Left out: `deny`."),
  fallback: fallback.optional(),
  output: notYet("JSON Schema of the result."),
  results: notYet("Trust and labels of the result."),
  secret: notYet("Argument paths that are never shown or stored."),
});

const limitKey = z
  .string()
  .refine((key) => LIMIT_KEYS.some((known) => known === key) || !/^[a-z_]+\./.test(key), {
    params: { problem: NOT_SUPPORTED_YET },
  })
  .pipe(choice(LIMIT_KEYS));

const rule = z.strictObject({
  name: z.string().describe("Unique. Records, counters and messages name the rule by it."),
  description: z.string().optional(),
  tool: textOrList("The tools it is for: names, and globs that are expanded at build.").optional(),
  tools: textOrList("The same as `tool`.").optional(),
  when: conditions.optional(),
  conditions: conditions.optional().describe("The same as `when`."),
  unless: conditions.optional().describe("The rule does not hold where these conditions all do."),
  action: choice(Object.keys(ACTIONS)).describe("`allow`, `review` or `deny`."),
  reason: z.string().optional().describe("Why, in words for the model and for records."),
  until: z
    .string()
    .optional()
    .describe("The last day (UTC), or the instant, on which the rule holds."),
  max_batch_size: z.int().min(1).optional().describe("A larger batch is clamped to this."),
  rate_limit: z
    .string()
    .optional()
    .describe("`100 calls/minute`: never more in any trailing minute."),
  by: z
    .array(limitKey)
    .min(1)
    .optional()
    .describe("What the limit is counted by, beside tenant and rule."),
  on_exceed: choice(["deny", "review"])
    .optional()
    .describe("The effect beyond the limit. Left out: `deny`."),
  fallback: fallback.optional(),
  redact: notYet("Argument paths that are replaced."),
  pace: notYet("An even rate."),
  budget: notYet("A sum in a window."),
  max_calls: notYet("Calls in a session."),
  cooldown: notYet("Time between executions."),
  concurrency: notYet("Open calls."),
  on_store_error: notYet("The effect when a store fails."),
  requires: notYet("Tools that must have run before."),
  never_after: notYet("Tools that must not have run before."),
  once_per_session: notYet("At most one execution in a session."),
  review: notYet("Who reviews, and how."),
  notify: notYet("Who is told."),
});

/**
 * The shape of one policy file: the closed grammar, with what each key is for. Keys that belong to the
 * grammar but are not run by this engine yet are part of it and fail as `not_supported_yet`; any other key fails.
 * It judges shapes alone; names, conditions and templates are checked by `compilePolicy`.
 */
export const policyDocument: z.ZodType = z.strictObject({
  interlatch: z.literal(1).describe("The version of the policy language: 1."),
  id: z.string().optional().describe("The name of the policy, and of the stream of its bundles."),
  description: z.string().optional(),
  mode: choice(["enforce"], ["shadow"]).optional().describe("`enforce`."),
  agents: z
    .record(z.string(), profile)
    .optional()
    .describe("What agents may ask for at most; it never grants."),
  tools: z.record(z.string(), tool).optional().describe("What the policy knows of each tool."),
  facts: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("Data that conditions read as `facts.NAME`."),
  define: z.record(z.string(), z.string()).optional().describe("Named conditions."),
  rules: z
    .array(rule)
    .optional()
    .describe("Which calls are allowed, reviewed, denied. Their order means nothing."),
  fallback: fallback.optional(),
  include: notYet("Further files and folders."),
  shapes: notYet("Declared shapes of claims and host facts."),
  risk: notYet("Weights, floors and bands of the risk score."),
  detectors: notYet("Detectors of secrets and personal data."),
});

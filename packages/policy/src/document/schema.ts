import { z } from "zod";
import { DATA_CLASSES, OPERATIONS, REVIEW_PRIORITIES } from "@interlatch/core";
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
    tool: z
      .string()
      .min(1)
      .optional()
      .describe("A lesser tool that runs instead, where it is allowed."),
    arguments: z
      .unknown()
      .optional()
      .describe("What that tool is called with; `{expression}` is filled in."),
    route: z
      .string()
      .min(1)
      .optional()
      .describe("The node of a graph that the run goes on at; elsewhere the message."),
    throw: z
      .union([z.literal(true), z.string()])
      .optional()
      .describe("Throws, with this text or with the message, where the host allows it."),
  })
  .describe("What the agent gets instead of a denied call.");

const access = choice(["read", "write"]);

const profile = z.strictObject({
  when: conditions.describe('The agents this profile is for; `"true"` for everybody.'),
  tools: textOrList(
    "The tools these agents may ask for: names, and globs that are expanded at build.",
  ).optional(),
  databases: z
    .record(z.string(), access)
    .optional()
    .describe("Databases, each `read` or `write`; `write` includes `read`. Left out: none."),
  endpoints: textOrList("Names and globs of URLs. Left out: none.").optional(),
  network: textOrList("Globs of host names, and CIDR ranges. Left out: none.").optional(),
  paths: z
    .record(z.string(), access)
    .optional()
    .describe("Directories with all below them, each `read` or `write`. Left out: none."),
});

const resources = z
  .strictObject({
    databases: z.record(z.string(), access).optional().describe("By name."),
    endpoints: textOrList("Names or URLs; `{expression}` is filled in.").optional(),
    network: textOrList("Hosts or their URLs; `{expression}` is filled in.").optional(),
    paths: z
      .record(z.string(), access)
      .optional()
      .describe("Absolute paths; `{expression}` is filled in."),
  })
  .describe("What a call touches, which must be inside a profile of the agent.");

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
    .union([z.literal("none"), resources])
    .optional()
    .describe("What a call touches, or `none`."),
  batch: batch.optional(),
  default: choice(["allow", "deny"])
    .optional()
    .describe("The effect when no rule matches. Left out: `deny`."),
  fallback: fallback.optional(),
  output: argumentSchemaDocument
    .optional()
    .describe(
      "JSON Schema of the result, which a fallback value in its place must fit. Open: a result may hold more.",
    ),
  results: notYet("Trust and labels of the result."),
  secret: notYet("Argument paths that are never shown or stored."),
});

const limitKey = z
  .string()
  .refine((key) => LIMIT_KEYS.some((known) => known === key) || !/^[a-z_]+\./.test(key), {
    params: { problem: NOT_SUPPORTED_YET },
  })
  .pipe(choice(LIMIT_KEYS));

const redactPath = z
  .string()
  .min(1)
  .describe(
    "A path such as `arguments.card` or `arguments.items.*.secret`; `*` is every item of a list.",
  );

const review = z
  .strictObject({
    by: textOrList(
      "`user`: the person in the session. A list: groups, of which somebody else must approve. Left out: `[reviewer]`.",
    ).optional(),
    quorum: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe("How many different people must approve. Left out: 1."),
    expires: z
      .string()
      .optional()
      .describe("How long the request waits for its answer, as `15m` or `2h`. Left out: `15m`."),
    priority: choice(REVIEW_PRIORITIES)
      .optional()
      .describe("How urgent it is. Left out: by the risk of the call."),
    escalate: notYet("Who is asked when nobody answers."),
  })
  .describe("Who is asked about a call that is reviewed, and how long.");

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
  redact: z
    .union([
      redactPath,
      z.array(redactPath).min(1),
      z.strictObject({
        paths: z.union([redactPath, z.array(redactPath).min(1)]).describe("What is replaced."),
        as: choice(["mark", "token"])
          .optional()
          .describe("`mark`: `[redacted]`. `token`: a keyed token, the same for the same value."),
      }),
    ])
    .optional()
    .describe("Arguments that neither a reviewer nor the tool gets to see."),
  pace: notYet("An even rate."),
  budget: notYet("A sum in a window."),
  max_calls: notYet("Calls in a session."),
  cooldown: notYet("Time between executions."),
  concurrency: notYet("Open calls."),
  on_store_error: notYet("The effect when a store fails."),
  requires: notYet("Tools that must have run before."),
  never_after: notYet("Tools that must not have run before."),
  once_per_session: notYet("At most one execution in a session."),
  review: review.optional(),
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
  mode: choice(["enforce", "shadow"])
    .optional()
    .describe(
      "`shadow`: recorded, not enforced; loads only where the host allows it. Left out: `enforce`.",
    ),
  include: textOrList("Further files and folders of the policy, relative to this file.").optional(),
  agents: z
    .record(z.string(), profile)
    .optional()
    .describe("What agents may ask for at most; it never grants."),
  tools: z.record(z.string(), tool).optional().describe("What the policy knows of each tool."),
  pins: z
    .record(
      z.string(),
      z
        .string()
        .regex(/^sha256:[0-9a-f]{64}$/)
        .describe("`sha256:` and the digest, as `interlatch tools pin` writes it."),
    )
    .optional()
    .describe("The definitions of tools that people have approved. Another one is denied."),
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
  shapes: z
    .strictObject({
      agent: argumentSchemaDocument
        .optional()
        .describe("The claims of agents, beside `id` and `roles`."),
      user: argumentSchemaDocument.optional().describe("The claims of users, beside `id`."),
      context: argumentSchemaDocument.optional().describe("What hosts hand over as `context`."),
      facts: argumentSchemaDocument
        .optional()
        .describe("Facts that hosts add to those of the policy."),
    })
    .optional()
    .describe("JSON Schemas of what hosts hand over. Closed: unknown claims are errors."),
  risk: notYet("Weights, floors and bands of the risk score."),
  detectors: notYet("Detectors of secrets and personal data."),
});

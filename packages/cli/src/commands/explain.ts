import { resolve } from "node:path";
import { InterlatchError, type Policy, validatePolicy } from "@interlatch/core";
import { compilePolicy, formatDiagnostic } from "@interlatch/policy";
import { wrongUse } from "../arguments.ts";
import { fieldsOf, isBundle, readDocument } from "../bundle-files.ts";
import { type Command, defineCommand, type Outcome, type Surroundings } from "../command.ts";
import { readConfig } from "../config.ts";
import { EXIT } from "../exit-codes.ts";
import { type Answer, answerTo } from "../explain/answer.ts";
import { recordedCalls } from "../explain/audit-calls.ts";
import { type AskedPolicy, printAnswer } from "../explain/print-answer.ts";
import { printCalls } from "../explain/print-calls.ts";
import { type Question, readQuestion } from "../explain/question.ts";
import { exists, readBytes } from "../files.ts";
import type { Io } from "../io.ts";
import { shown } from "../output.ts";
import { announceCompile, projectSources } from "../policy-files.ts";

/** Where logs are looked for when nothing is said; a folder that exists is taken. */
const AUDIT_FOLDER = ".interlatch/audit";

/** `interlatch explain`: why a call is decided as it is, from the policy; or what the audit log holds of a call that was made. */
export const explain: Command = defineCommand({
  summary: "Says why a call is allowed, reviewed or denied: each step, each rule, each condition",
  example: [
    `interlatch explain --tool refund_order --arguments '{"order":"17","amount":80}' --agent '{"id":"a1","roles":["support"]}'`,
    "or, for a call that was made: interlatch explain CALL_ID --audit .interlatch/audit",
  ],
  args: {
    call: {
      type: "positional",
      required: false,
      description: "The id of a call that was made, to be found in the audit log",
    },
    audit: {
      type: "string",
      valueHint: "PATH",
      description: `The audit log, a file or a folder. Default: ${AUDIT_FOLDER}`,
    },
    tool: { type: "string", valueHint: "NAME", description: "The tool that is called" },
    arguments: { type: "string", valueHint: "JSON", description: "Its arguments. Default: {}" },
    agent: {
      type: "string",
      valueHint: "JSON",
      description: `Who calls: {"id":"a1","roles":["clerk"]}`,
    },
    user: { type: "string", valueHint: "JSON", description: `For whom: {"id":"u1"}` },
    tenant: { type: "string", valueHint: "ID", description: "The tenant" },
    session: { type: "string", valueHint: "ID", description: "The session" },
    facts: {
      type: "string",
      valueHint: "JSON",
      description: "Facts of the host, beside the policy's",
    },
    context: {
      type: "string",
      valueHint: "JSON",
      description: "What conditions read as context.NAME",
    },
    time: {
      type: "string",
      valueHint: "INSTANT",
      description: "When, like 2026-01-31T09:00:00Z. Default: now",
    },
    file: {
      type: "string",
      valueHint: "FILE",
      description: `The call as JSON: {"call":{"tool","arguments"},"identity":{"agent"}}`,
    },
    bundle: {
      type: "string",
      valueHint: "FILE",
      description:
        "Asks the policy in a bundle or payload, unverified. Default: the project's sources",
    },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
  },
  run: async (call) => {
    const { args, io } = call;
    if (args.call !== undefined) {
      if (args.tool !== undefined || args.file !== undefined) {
        throw wrongUse("Either the id of a call that was made, or --tool or --file.");
      }
      return explainRecorded(args.call, args.audit, call);
    }
    if (args.audit !== undefined) throw wrongUse("CALL is missing: which call of the audit log?");
    const question = await readQuestion(io, args);
    const asked = await policyOf(args, call);
    return explainCall(asked, question, call);
  },
});

async function explainCall(
  asked: AskedPolicy,
  question: Question,
  { output }: Surroundings,
): Promise<Outcome> {
  const answer = await answerTo(asked.policy, question);
  printAnswer(asked, question, answer, output);
  return { exit: EXIT.ok, json: documentOf(asked, question, answer) };
}

function documentOf({ origin }: AskedPolicy, question: Question, answer: Answer): object {
  const { decision, denial, profiles, rules } = answer;
  return {
    policy: origin,
    call: { tool: question.tool, arguments: question.arguments },
    identity: question.identity,
    time: new Date(question.time).toISOString(),
    decision: { ...decision, rules, bundle: undefined },
    profiles,
    fallback:
      denial === null
        ? null
        : denial.kind === "value"
          ? { kind: "value", value: denial.value }
          : { kind: "message", message: denial.message },
  };
}

async function policyOf(
  args: { readonly bundle?: string | undefined; readonly config?: string | undefined },
  { io, output }: Surroundings,
): Promise<AskedPolicy> {
  if (args.bundle !== undefined) return bundledPolicy(io, args.bundle);
  const config = await readConfig(io, args.config);
  const files = await projectSources(config);
  announceCompile(output, files);
  const result = await compilePolicy({ files }, { strict: config.strict ?? false });
  if (result.ok) return { policy: result.policy, origin: "from its sources" };
  const faults = result.errors.map((error) => formatDiagnostic(error)).join("\n\n");
  throw new InterlatchError(
    "ERR_POLICY",
    `The policy has errors, so it decides nothing:\n\n${faults}`,
  );
}

async function bundledPolicy(io: Io, file: string): Promise<AskedPolicy> {
  const document = readDocument(await readBytes(resolve(io.cwd, file), file), file);
  if (!isBundle(document)) {
    throw new InterlatchError("ERR_BUNDLE_TYPE", `${file} is signed, and is no policy bundle.`);
  }
  const { policy, version } = fieldsOf(document, file);
  const checked: Policy = validatePolicy(policy);
  return { policy: checked, origin: `version ${shown(version)} in ${file}, NOT VERIFIED` };
}

async function explainRecorded(
  id: string,
  given: string | undefined,
  { io, output }: Surroundings,
): Promise<Outcome> {
  const path = given ?? AUDIT_FOLDER;
  if (given === undefined && !(await exists(resolve(io.cwd, path)))) {
    throw wrongUse(
      `Where is the audit log? There is no ${AUDIT_FOLDER}; --audit names a file or a folder.`,
    );
  }
  const recorded = await recordedCalls(resolve(io.cwd, path), path, id, output);
  printCalls(recorded, output);
  if (recorded.calls.length > 0) return { exit: EXIT.ok, json: recorded };
  const logs = recorded.logs.map(({ file }) => file).join(", ");
  const message = `No call ${shown(id)} in ${logs === "" ? `${path}, which holds no log` : logs}.`;
  output.say(message);
  return { exit: EXIT.failed, json: { error: { code: "ERR_AUDIT", message }, ...recorded } };
}

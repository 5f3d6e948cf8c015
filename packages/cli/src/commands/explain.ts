import { resolve } from "node:path";
import { wrongUse } from "../arguments.ts";
import { type Command, defineCommand, type Outcome, type Surroundings } from "../command.ts";
import { readConfig } from "../config.ts";
import { EXIT } from "../exit-codes.ts";
import { type Answer, answerTo } from "../explain/answer.ts";
import { givenBy } from "../explain/given.ts";
import { recordedCalls } from "../explain/audit-calls.ts";
import { type AskedPolicy, printAnswer } from "../explain/print-answer.ts";
import { printCalls } from "../explain/print-calls.ts";
import { type Question, readQuestion } from "../explain/question.ts";
import { exists } from "../files.ts";
import { type Output, shown, visible } from "../output.ts";
import { bundledPolicy, policyOfFiles, projectPolicy } from "../policy-source.ts";
import { readRecordings } from "../recordings/read.ts";
import type { Recording } from "../recordings/recording.ts";

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
    id: {
      type: "positional",
      required: false,
      description: "The id of a call that was made, to be found in the audit log or by --calls",
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
    call: {
      type: "string",
      valueHint: "FILE",
      description: `The call as JSON: {"call":{"tool","arguments"},"identity":{"agent"}}`,
    },
    calls: {
      type: "string",
      valueHint: "FILE",
      description:
        "Recorded calls with their values, *.jsonl: explains the one with the id, or the line",
    },
    policy: {
      type: "string",
      valueHint: "FILE",
      description: "Files of the policy. Several are merged. Default: the project's",
    },
    bundle: {
      type: "string",
      valueHint: "FILE",
      description: "In place of sources: the policy in a bundle or payload, unverified",
    },
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
  },
  repeatable: ["policy"],
  run: async (call) => {
    const { args, all, io, output } = call;
    const { bundle, config, call: file } = args;
    const place = { policy: all("policy"), bundle, config };
    if (bundle !== undefined && place.policy.length > 0) {
      throw wrongUse("Either --bundle or --policy.");
    }
    if (args.id !== undefined) {
      if (args.tool !== undefined || file !== undefined) {
        throw wrongUse("Either the id of a call that was made, or --tool or --call.");
      }
      const { audit, calls } = args;
      return explainRecorded(args.id, { ...place, audit, calls }, call);
    }
    if (args.audit !== undefined) throw wrongUse("ID is missing: which call of the audit log?");
    if (args.calls !== undefined) throw wrongUse("ID is missing: which of the recorded calls?");
    const question = await readQuestion(io, { ...args, file });
    const asked = await policyOf(place, call);
    return { exit: EXIT.ok, json: await explained(asked, question, output) };
  },
});

async function explained(asked: AskedPolicy, question: Question, output: Output): Promise<object> {
  const answer = await answerTo(asked.policy, question);
  printAnswer(asked, question, answer, output);
  return documentOf(asked, question, answer);
}

function documentOf({ origin }: AskedPolicy, question: Question, answer: Answer): object {
  const { decision, denial, profiles, rules, ways } = answer;
  return {
    policy: origin,
    call: { tool: question.tool, arguments: question.arguments },
    identity: question.identity,
    time: new Date(question.time).toISOString(),
    decision: { ...decision, rules, bundle: undefined },
    profiles,
    ways,
    fallback: denial === null ? null : { kind: denial.kind, ...givenBy(denial) },
  };
}

/** Where the policy is that is asked: files, a bundle, else the project's. */
interface PolicyPlace {
  readonly policy: readonly string[];
  readonly bundle?: string | undefined;
  readonly config?: string | undefined;
}

async function policyOf(place: PolicyPlace, { io, output }: Surroundings): Promise<AskedPolicy> {
  if (place.bundle !== undefined) {
    const { policy, name } = await bundledPolicy(io, place.bundle);
    return { policy, origin: name };
  }
  if (place.policy.length > 0) {
    const { policy, name } = await policyOfFiles(io, place.policy, false, output);
    return { policy, origin: `from ${name}` };
  }
  const { policy } = await projectPolicy(await readConfig(io, place.config), output);
  return { policy, origin: "from its sources" };
}

interface RecordedOptions extends PolicyPlace {
  readonly audit?: string | undefined;
  readonly calls?: string | undefined;
}

/** What is known of a call that was made: what the log holds of it, and with its values what the policy says of it. */
async function explainRecorded(
  id: string,
  args: RecordedOptions,
  surroundings: Surroundings,
): Promise<Outcome> {
  const { io, output } = surroundings;
  const path = args.audit ?? AUDIT_FOLDER;
  const hasLog = args.audit !== undefined || (await exists(resolve(io.cwd, path)));
  if (!hasLog && args.calls === undefined) {
    throw wrongUse(
      `Where is the audit log? There is no ${AUDIT_FOLDER}; --audit names a file or a folder.`,
    );
  }
  const recordings =
    args.calls === undefined ? [] : await recordingsOf(id, args.calls, surroundings);
  const recorded = hasLog
    ? await recordedCalls(resolve(io.cwd, path), path, id, output)
    : { calls: [], logs: [] };
  printCalls(recorded, recordings.length === 0, output);
  const answers: object[] = [];
  const asked = recordings.length === 0 ? null : await policyOf(args, surroundings);
  for (const recording of recordings) {
    if (asked === null) break;
    output.say(output.paint.bold(recordedText(recording)));
    answers.push(await explained(asked, questionOf(recording, io.now()), output));
  }
  if (recorded.calls.length + answers.length > 0) {
    return { exit: EXIT.ok, json: { ...recorded, answers } };
  }
  const logs = recorded.logs.map(({ file }) => file);
  const places = [...logs, ...(args.calls === undefined ? [] : [args.calls])].join(", ");
  const message = `No call ${shown(id)} in ${places === "" ? `${path}, which holds no log` : places}.`;
  output.say(message);
  return { exit: EXIT.failed, json: { error: { code: "ERR_AUDIT", message }, ...recorded } };
}

/** The recorded calls of an id, or of a line: `calls.jsonl:17`. */
async function recordingsOf(
  id: string,
  file: string,
  { io, output }: Surroundings,
): Promise<readonly Recording[]> {
  const options = { standIn: { identity: undefined }, skipBad: false };
  const { calls } = await readRecordings(io, [file], options, output);
  return calls.filter((call) => call.id === id || call.at === id);
}

function questionOf({ tool, arguments: args, identity, time }: Recording, now: number): Question {
  return {
    tool,
    arguments: args,
    identity: { session: "explain", ...identity },
    time: time ?? now,
  };
}

function recordedText({ at, decided }: Recording): string {
  if (decided === undefined) return `${visible(at)}, as the policy decides it`;
  const { effect, code, rule } = decided;
  const then = [effect, code, ...(rule === null ? [] : [visible(rule)])].join(" · ");
  return `${visible(at)}, then ${then}, as the policy decides it`;
}

import type { Effect } from "@interlatch/core";
import { compilePolicy, type PolicySource } from "../compile.ts";
import { textsAt, firstOf } from "../document/fields.ts";
import { NAME } from "../document/names.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import type { YamlEntry, YamlMap } from "../yaml/tree.ts";
import type { ImportNote, ImportOptions, ImportResult } from "./import-result.ts";
import { type DraftRule, ruleName, writePolicy } from "./policy-text.ts";
import { placeOf, readSource } from "./read-source.ts";

/** What LangChain calls the map, in JavaScript and in Python. */
const MAP_KEYS = ["interruptOn", "interrupt_on"];
/** The keys of one entry that this reads; `when` and a generated `description` are code and in no file. */
const ENTRY_KEYS = [
  "allowedDecisions",
  "allowed_decisions",
  "description",
  "argsSchema",
  "args_schema",
  "when",
  "allowAccept",
  "allow_accept",
  "allowEdit",
  "allow_edit",
  "allowRespond",
  "allow_respond",
  "allowIgnore",
  "allow_ignore",
];
const APPROVAL_KEYS = ["allowAccept", "allow_accept"];

/**
 * Makes a policy of the `interruptOn` map of LangChain's human-in-the-loop middleware, as JSON or YAML: the map
 * itself, or an object that holds it. `true` becomes a review, `false` an allow. What the map lets nobody approve is
 * denied, and so is what is not understood: the policy lets nothing through that the map stopped.
 *
 * @param source - the file
 * @returns the text of a policy that builds and what is not as it was, or the errors of the file
 *
 * @example
 * ```ts
 * const text = '{"interruptOn":{"send_email":{"allowedDecisions":["approve","reject"]},"search":false}}';
 * const made = await importLangchain({ path: "hitl.json", text }, { id: "desk" });
 * console.log(made.ok ? made.text : made.errors);
 * ```
 */
export async function importLangchain(
  source: PolicySource,
  { id, tools = [] }: ImportOptions,
): Promise<ImportResult> {
  const { root, reporter } = readSource(source);
  if (root === undefined) return { ok: false, errors: reporter.diagnostics("error") };
  const notes: ImportNote[] = [];
  const map = mapIn(root, reporter, notes);
  const entries = map.entries.flatMap((entry) => readEntry(entry, notes));
  const named = new Set(entries.map(({ tool }) => tool));
  // The middleware asks about nothing else, so a tool that the agent has and the map leaves out runs.
  const others = tools.filter((tool) => !named.has(tool));
  if (reporter.failed) return { ok: false, errors: reporter.diagnostics("error") };
  const { text } = writePolicy({
    id,
    description: "Imported from a LangChain interruptOn map",
    heading: [
      `Imported from ${source.path}. Operations and arguments of the tools are not in that file: describe them here.`,
      "Tools that stand neither there nor here are denied; LangChain lets them run.",
    ],
    tools: [...named, ...others],
    open: new Set(),
    rules: [...rulesOf(entries), ...othersRule(others)],
  });
  return finished(source, text, notes);
}

/** What stands where the map does not understand itself must build; if it does not, that is a defect of the import. */
async function finished(
  source: PolicySource,
  text: string,
  notes: readonly ImportNote[],
): Promise<ImportResult> {
  const made = await compilePolicy({ files: [{ path: source.path, text }] }, { strict: true });
  return made.ok ? { ok: true, text, notes } : { ok: false, errors: made.errors };
}

function mapIn(root: YamlMap, reporter: Reporter, notes: ImportNote[]): YamlMap {
  const entry = firstOf(root, MAP_KEYS);
  if (entry === undefined) return root;
  for (const { key, keyAt } of root.entries) {
    if (key === entry.key) continue;
    const message = `\`${shown(key)}\` says nothing of which calls are stopped.`;
    notes.push({ at: placeOf(keyAt), message, instead: "left_out" });
  }
  if (entry.value.kind === "map") return entry.value;
  const message = `\`${entry.key}\` is no map of tools.`;
  reporter.error({ code: "wrong_shape", at: entry.value.at, message });
  return { kind: "map", at: entry.value.at, entries: [] };
}

interface ToolEntry {
  readonly tool: string;
  readonly effect: Effect;
  readonly description: string | undefined;
}

function readEntry({ key, keyAt, value }: YamlEntry, notes: ImportNote[]): readonly ToolEntry[] {
  const note = (instead: ImportNote["instead"], message: string): void => {
    notes.push({ at: placeOf(keyAt), message, instead });
  };
  if (!NAME.test(key)) {
    note(
      "left_out",
      `\`${shown(key)}\` is no name that a tool may have here, so its calls are denied.`,
    );
    return [];
  }
  if (value.kind === "scalar" && typeof value.value === "boolean") {
    return [{ tool: key, effect: value.value ? "review" : "allow", description: undefined }];
  }
  if (value.kind !== "map") {
    note("deny", `What \`${key}\` is set to is neither true, false nor a map of decisions.`);
    return [{ tool: key, effect: "deny", description: undefined }];
  }
  const unknown = value.entries.find((entry) => !ENTRY_KEYS.includes(entry.key));
  if (unknown !== undefined) {
    note("deny", `\`${key}\` has the key \`${shown(unknown.key)}\`, which is not known.`);
    return [{ tool: key, effect: "deny", description: undefined }];
  }
  const effect = effectOf(key, value, note);
  const [description] = textsAt(value, "description").map((text) => text.value);
  return [{ tool: key, effect, description }];
}

type Note = (instead: ImportNote["instead"], message: string) => void;

function effectOf(tool: string, map: YamlMap, note: Note): Effect {
  const decisions = ["allowedDecisions", "allowed_decisions"].flatMap((key) =>
    textsAt(map, key).map((text) => text.value),
  );
  const approves = firstOf(map, APPROVAL_KEYS)?.value;
  const mayApprove =
    decisions.includes("approve") || (approves?.kind === "scalar" && approves.value === true);
  if (!mayApprove) {
    note("deny", `Nobody may approve \`${tool}\` as it was asked, so it is denied.`);
    return "deny";
  }
  const extra = decisions.filter((word) => word !== "approve" && word !== "reject");
  const edits = firstOf(map, ["allowEdit", "allow_edit", "allowRespond", "allow_respond"]);
  if (extra.length > 0 || edits !== undefined) {
    note(
      "review",
      `Reviewers of \`${tool}\` approve or reject; they do not edit or answer the call.`,
    );
  }
  if (firstOf(map, ["when"]) !== undefined) {
    note("review", `Each call of \`${tool}\` is reviewed: its \`when\` is code and in no file.`);
  }
  if (firstOf(map, ["argsSchema", "args_schema"]) !== undefined) {
    note("review", `The schema of \`${tool}\` is for edits; LangChain checks no call against it.`);
  }
  return "review";
}

function rulesOf(entries: readonly ToolEntry[]): readonly DraftRule[] {
  const taken = new Set<string>();
  const rule = (
    words: string,
    action: Effect,
    tools: readonly string[],
    reason?: string,
  ): DraftRule => ({
    name: ruleName(words, taken),
    tools,
    action,
    ...(reason === undefined ? {} : { reason }),
    origin: null,
  });
  const plain = (effect: Effect): readonly string[] =>
    entries.flatMap((one) =>
      one.effect === effect && one.description === undefined ? [one.tool] : [],
    );
  const grouped = (words: string, effect: Effect): readonly DraftRule[] =>
    plain(effect).length === 0 ? [] : [rule(words, effect, plain(effect))];
  return [
    ...grouped("runs_without_asking", "allow"),
    ...grouped("asks_a_person", "review"),
    ...grouped("nobody_may_approve", "deny"),
    ...entries.flatMap(({ tool, effect, description }) =>
      description === undefined ? [] : [rule(`${effect}_${tool}`, effect, [tool], description)],
    ),
  ];
}

function othersRule(tools: readonly string[]): readonly DraftRule[] {
  if (tools.length === 0) return [];
  return [
    {
      name: "not_in_the_map",
      tools,
      action: "allow",
      comment: "Tools of the agent that the map leaves out: LangChain runs them without asking.",
      origin: null,
    },
  ];
}

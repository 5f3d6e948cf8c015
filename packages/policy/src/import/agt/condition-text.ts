/** Why a condition cannot be said here, in words for whoever wrote it. */
export class NotCarried extends Error {}

/** What a condition compares a field with. */
export type Literal = string | number | boolean | null;

/** Names of what an AGT host puts into its context, and what they are here. */
const KNOWN: Readonly<Record<string, string>> = {
  tool_name: "tool",
  "tool.name": "tool",
  tool: "tool",
  action: "tool",
  agent_id: "agent.id",
  agent_did: "agent.id",
  "agent.id": "agent.id",
  user_id: "user.id",
  "user.id": "user.id",
  tenant: "tenant",
  tenant_id: "tenant",
};

/** Prefixes of what the model asked for. */
const ARGUMENTS = /^(?:args|arguments|params|parameters|tool_args|tool_input|input)\./;

/** What is no part of a tool call: texts of the conversation, counters of a run, and results. */
const NOT_OF_A_CALL = [
  "output",
  "response",
  "result",
  "message",
  "message_text",
  "message_count",
  "input_text",
  "content",
  "prompt",
  "token_count",
  "tokens",
  "tool_call_count",
  "tool_call_depth",
  "call_count",
  "confidence",
  "confidence_score",
  "cost",
];

/** The path of a field in a condition of ours. @throws NotCarried */
export function fieldText(field: string): string {
  if (Object.hasOwn(KNOWN, field)) return KNOWN[field] ?? field;
  if (NOT_OF_A_CALL.includes(field.split(".")[0] ?? "")) {
    throw new NotCarried(`\`${field.slice(0, 60)}\` is no part of a tool call`);
  }
  const path = ARGUMENTS.test(field)
    ? ["arguments", ...field.replace(ARGUMENTS, "").split(".")]
    : ["context", ...field.split(".")];
  if (path.some((name) => name === "")) throw new NotCarried("a field has no name");
  return path.reduce((text, name) =>
    /^[A-Za-z_]\w*$/.test(name) && !RESERVED.includes(name)
      ? `${text}.${name}`
      : `${text}[${JSON.stringify(name)}]`,
  );
}

/** Words that conditions keep for themselves. */
const RESERVED = (
  "true false null in as break const continue else for function if import let loop package " +
  "namespace return var void while prototype constructor __proto__"
).split(" ");

/**
 * Whether a field equals a literal. A number is compared by its order and a boolean stands alone: what is of another
 * type is then an error, which closes, where AGT in some of its languages takes "5" or true for a number.
 */
export function equalText(path: string, value: Literal): string {
  if (typeof value === "number") return `(${path} >= ${value} && ${path} <= ${value})`;
  if (typeof value === "boolean") return value ? path : `!${path}`;
  return `${path} == ${JSON.stringify(value)}`;
}

/** Whether a field differs from a literal; see {@link equalText}. */
export function differsText(path: string, value: Literal): string {
  if (typeof value === "number") return `(${path} < ${value} || ${path} > ${value})`;
  if (typeof value === "boolean") return value ? `!${path}` : path;
  return `${path} != ${JSON.stringify(value)}`;
}

/** Whether a field is one of several literals. @throws NotCarried */
export function inText(path: string, values: readonly Literal[]): string {
  if (values.length === 0) throw new NotCarried("an empty list holds nothing");
  const texts = values.filter((value) => typeof value === "string");
  const others = values.filter((value) => typeof value !== "string");
  const parts = [
    ...(texts.length === 0 ? [] : [`${path} in ${JSON.stringify(texts)}`]),
    ...others.map((value) => equalText(path, value)),
  ];
  return parts.length === 1 ? (parts[0] ?? "") : `(${parts.join(" || ")})`;
}

/** A field compared with a number. @throws NotCarried */
export function orderText(path: string, operator: string, value: unknown): string {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new NotCarried("only numbers have an order that both engines agree on");
  }
  return `${path} ${operator} ${value}`;
}

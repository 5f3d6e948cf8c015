import type { KillSwitch } from "@interlatch/core/sign";
import { wrongUse } from "../arguments.ts";

/** What `--kill` and `--lift` name: `all`, or one name of a kind. */
export const KILL_HINT = "all|tool=GLOB|agent=ID|tenant=ID|session=ID";

const LISTS = { tool: "tools", agent: "agents", tenant: "tenants", session: "sessions" } as const;
type Kind = keyof typeof LISTS;

type Target = { readonly kind: "all" } | { readonly kind: Kind; readonly name: string };

/** A kill switch after more was killed and some was lifted. */
export function changedKill(before: KillSwitch, { kill, lift, reason }: KillChanges): KillSwitch {
  let next: KillSwitch = lift.includes("everything") ? {} : before;
  for (const text of lift)
    if (text !== "everything") next = without(next, targetOf("--lift", text));
  for (const text of kill) next = withTarget(next, targetOf("--kill", text));
  const isOff = Object.keys(next).every((name) => name === "reason");
  if (isOff && reason !== undefined) throw wrongUse("--reason belongs to a --kill.");
  if (isOff) return {};
  return reason === undefined ? next : { ...next, reason };
}

/** See {@link changedKill}. */
export interface KillChanges {
  readonly kill: readonly string[];
  /** `everything` takes back every kill. */
  readonly lift: readonly string[];
  readonly reason: string | undefined;
}

function targetOf(option: string, text: string): Target {
  if (text === "all") return { kind: "all" };
  const at = text.indexOf("=");
  const [kind, name] = [text.slice(0, at), text.slice(at + 1)];
  if (isKind(kind) && name !== "") return { kind, name };
  throw wrongUse(`${option} is one of ${KILL_HINT}; found ${text}.`);
}

function isKind(text: string): text is Kind {
  return Object.hasOwn(LISTS, text);
}

function withTarget(kill: KillSwitch, target: Target): KillSwitch {
  if (target.kind === "all") return { ...kill, all: true };
  const list = LISTS[target.kind];
  return { ...kill, [list]: [...new Set([...(kill[list] ?? []), target.name])] };
}

/** What is lifted must have been killed: a slip of the pen would leave it off without a word. */
function without(kill: KillSwitch, target: Target): KillSwitch {
  if (target.kind === "all") {
    const { all, ...rest } = kill;
    if (all === undefined) throw wrongUse("--lift all: not everything is killed.");
    return rest;
  }
  const { [LISTS[target.kind]]: names = [], ...rest } = kill;
  const left = names.filter((name) => name !== target.name);
  if (left.length === names.length) {
    throw wrongUse(`--lift ${target.kind}=${target.name}: that is not killed.`);
  }
  return left.length === 0 ? rest : { ...rest, [LISTS[target.kind]]: left };
}

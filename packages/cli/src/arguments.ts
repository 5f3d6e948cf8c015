import { parseArgs } from "node:util";
import type { ArgDef, ArgsDef } from "citty";
import { InterlatchError } from "@interlatch/core";
import { nearest } from "@interlatch/policy";

/** The arguments of a command and what stands behind `--`; `undefined` where there is no `--`. */
export interface SplitArguments {
  readonly own: readonly string[];
  readonly rest: readonly string[] | undefined;
}

/** What a command takes. */
export interface ArgumentRules {
  readonly args: ArgsDef;
  readonly repeatable: readonly string[];
  readonly isLastRepeatable: boolean;
  readonly takesRest: boolean;
}

/** What stands in the arguments. */
export interface CheckedArguments {
  readonly operands: readonly string[];
  /** The values of every option that takes one, by its name. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Splits the arguments at the first `--`. */
export function splitRest(raw: readonly string[]): SplitArguments {
  const at = raw.indexOf("--");
  return at < 0
    ? { own: raw, rest: undefined }
    : { own: raw.slice(0, at), rest: raw.slice(at + 1) };
}

/** Wrong use of the command line, in words that say what to do. */
export function wrongUse(message: string): InterlatchError {
  return new InterlatchError("ERR_OPTIONS", message);
}

/** The value of an option that is a whole number from 1 on; `undefined`: it was not given. @throws ERR_OPTIONS */
export function numberOption(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw wrongUse(`${option} is a whole number from 1 on; found ${text}.`);
}

/**
 * Refuses what a command does not take. The parser itself lets everything through: `--auidence prod` would be an
 * environment that nobody checked.
 *
 * @throws ERR_OPTIONS
 */
export function checkArguments(
  { own, rest }: SplitArguments,
  rules: ArgumentRules,
): CheckedArguments {
  if (rest !== undefined && !rules.takesRest)
    throw wrongUse("This command takes nothing after `--`.");
  const { tokens } = parseArgs({
    args: [...own],
    options: platformOptions(rules.args),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const operands: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    else if (token.kind === "option") checkOption(token, rules, values);
  }
  checkOperands(operands, rules);
  return { operands, values };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkOption(
  { name, rawName, value, inlineValue }: OptionToken,
  { args, repeatable }: ArgumentRules,
  values: Map<string, string[]>,
): void {
  const known = Object.hasOwn(args, name) ? args[name] : undefined;
  if (known === undefined || known.type === "positional") {
    const negated = name.startsWith("no-") ? args[name.slice(3)] : undefined;
    if (negated?.type === "boolean") return;
    throw wrongUse(unknownOption(rawName, args));
  }
  if (known.type === "boolean") {
    if (value !== undefined) throw wrongUse(`${rawName} takes no value.`);
    return;
  }
  if (value === undefined || (inlineValue !== true && value.startsWith("-") && value !== "-")) {
    throw wrongUse(`${rawName} needs a value: ${rawName}=${hintOf(known)}.`);
  }
  const given = values.get(name) ?? [];
  if (given.length > 0 && !repeatable.includes(name)) {
    throw wrongUse(`${rawName} stands twice. It takes one value.`);
  }
  if (known.type === "enum" && !(known.options ?? []).includes(value)) {
    throw wrongUse(`${rawName} is one of ${(known.options ?? []).join(", ")}; found ${value}.`);
  }
  values.set(name, [...given, value]);
}

function hintOf(known: ArgDef): string {
  return known.valueHint ?? "…";
}

function unknownOption(rawName: string, args: ArgsDef): string {
  const names = Object.entries(args).flatMap(([name, { type }]) =>
    type === "positional" ? [] : [`--${name}`],
  );
  const near = nearest(rawName, names);
  return near === undefined
    ? `There is no option ${rawName}. Options: ${names.join(", ")}.`
    : `There is no option ${rawName}. Did you mean ${near}?`;
}

function checkOperands(
  operands: readonly string[],
  { args, isLastRepeatable }: ArgumentRules,
): void {
  const places = Object.entries(args).filter(([, { type }]) => type === "positional");
  const missing = places.slice(operands.length).find(([, { required }]) => required !== false);
  if (missing !== undefined) {
    const [name, { description }] = missing;
    throw wrongUse(`${name.toUpperCase()} is missing: ${description ?? ""}.`);
  }
  const extra = operands[places.length];
  if (extra !== undefined && !isLastRepeatable) {
    throw wrongUse(`"${extra}" is one argument too many.`);
  }
}

/** The same definitions in the form of the platform's parser. */
function platformOptions(
  args: ArgsDef,
): Record<string, { type: "boolean" | "string"; short?: string }> {
  const options = Object.entries(args).flatMap(([name, definition]) => {
    if (definition.type === "positional") return [];
    const type = definition.type === "boolean" ? ("boolean" as const) : ("string" as const);
    const short =
      "alias" in definition && typeof definition.alias === "string" ? definition.alias : "";
    return [[name, short === "" ? { type } : { type, short }] as const];
  });
  return Object.fromEntries(options);
}

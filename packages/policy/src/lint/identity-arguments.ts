import type { ArgumentSchema, Expression, Operation } from "@interlatch/core";
import type { BuiltRule } from "../build/rules.ts";
import type { BuiltTool } from "../build/tools.ts";
import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { mapAt } from "../document/fields.ts";
import { entryOf, type YamlEntry, type YamlMap } from "../yaml/tree.ts";
import { fieldsRead } from "./reads.ts";
import { rulesByTool } from "./rules-by-tool.ts";
import { expressionsInResources } from "../expressions/parts.ts";

/** Operations by which something leaves or changes. */
const CHANGING: readonly Operation[] = ["write", "delete", "spend", "execute", "egress"];

/** Names of arguments that say whom or what a call reaches. An injected instruction changes these first. */
const IDENTITIES: ReadonlySet<string> = new Set(
  (
    "to cc bcc recipient receiver addressee payee beneficiary participant attendee invitee guest email " +
    "emailaddress mail user userid username account accountid accountnumber iban bic phone phonenumber url uri " +
    "host hostname domain endpoint webhook webhookurl callback callbackurl destination"
  ).split(" "),
);

/** Beginnings that leave the meaning: `to_account`, `target_url`. */
const BEGINNING =
  /^(?:to|target|dest|destination|recipient|receiver|payee|new|callback|webhook)(?=.)/;

/** Arguments of writing tools that say whom a call reaches, and that nothing in the policy looks at. */
export function lintIdentityArguments(compiled: Compiled, reporter: Reporter): void {
  const entries = new Map(compiled.parts.tools.map((entry) => [entry.key, entry]));
  const rulesOf = rulesByTool(compiled);
  const reads = new ArgumentReads();
  for (const tool of compiled.tools) {
    const rules = rulesOf.get(tool.name) ?? [];
    if (!CHANGING.includes(tool.policy.operation) || !canPassUnseen(tool, rules)) continue;
    const names = namesIn(tool.policy.arguments).filter(isIdentity);
    const unread = names.filter((name) => !reads.isRead(name, expressionsFor(tool, rules)));
    const properties = propertiesOf(entries.get(tool.name));
    for (const name of unread) {
      const place = properties === undefined ? undefined : entryOf(properties, name)?.keyAt;
      reporter.warning({
        code: "identity_argument_unread",
        at: place ?? tool.at,
        message: `\`arguments.${name}\` says whom or what a call of \`${tool.name}\` (${tool.policy.operation}) reaches, and no rule for it reads it.`,
        hint: "Say in a rule what it may be, or under `resources` what the call touches.",
      });
    }
  }
}

/** What conditions read of the arguments. Each is looked through once, however many tools it is for. */
class ArgumentReads {
  readonly #known = new Map<Expression, ReadonlySet<string> | "all">();

  isRead(name: string, expressions: readonly Expression[]): boolean {
    return expressions.some((expression) => {
      const read = this.#of(expression);
      return read === "all" || read.has(name);
    });
  }

  #of(expression: Expression): ReadonlySet<string> | "all" {
    let read = this.#known.get(expression);
    if (read === undefined) {
      read = fieldsRead([expression], "arguments");
      this.#known.set(expression, read);
    }
    return read;
  }
}

function propertiesOf(tool: YamlEntry | undefined): YamlMap | undefined {
  const schema = tool?.value.kind === "map" ? mapAt(tool.value, "arguments") : undefined;
  return schema === undefined ? undefined : mapAt(schema, "properties");
}

/** Whether a call can be allowed without a person looking at it. */
function canPassUnseen({ policy }: BuiltTool, rules: readonly BuiltRule[]): boolean {
  const isHeld = rules.some(
    ({ rule }) => rule.action !== "allow" && rule.when === undefined && rule.until === undefined,
  );
  return (
    !isHeld && (policy.default === "allow" || rules.some(({ rule }) => rule.action === "allow"))
  );
}

function expressionsFor({ policy }: BuiltTool, rules: readonly BuiltRule[]): readonly Expression[] {
  return [
    ...rules.flatMap(({ rule }) => rule.when ?? []),
    ...expressionsInResources(policy.resources),
  ];
}

/** The arguments that a schema names, those of its parts included. */
function namesIn(schema: ArgumentSchema | undefined): readonly string[] {
  if (schema === undefined || typeof schema === "boolean") return [];
  const { properties = {}, allOf = [] } = schema;
  return [...new Set([...Object.keys(properties), ...allOf.flatMap(namesIn)])];
}

function isIdentity(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z]/g, "");
  const one = plain.replace(/(?<=[^s])s$/, "");
  return [plain, one, one.replace(BEGINNING, "")].some((form) => IDENTITIES.has(form));
}

import type { Expression, FunctionName } from "@interlatch/core";
import type { Compiled } from "../compile.ts";
import { childrenOf } from "../expressions/parts.ts";
import type { DiagnosticCode } from "../diagnostics/diagnostic.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { fieldRead } from "./reads.ts";

/** Text comparisons that an attacker walks past: `evilacme.test` ends with `acme.test`. */
export function lintTexts(compiled: Compiled, reporter: Reporter): void {
  const seen = new Set<Expression>();
  for (const { rule } of compiled.rules) if (rule.when !== undefined) visit(rule.when);
  for (const { profile } of compiled.profiles) visit(profile.when);

  function visit(expression: Expression): void {
    // Named conditions stand in many places.
    if (seen.has(expression)) return;
    seen.add(expression);
    const loose = looseness(expression);
    if (loose !== undefined) {
      const { notes } = compiled.conditions;
      const message = `\`${shown(notes.textOf(expression))}\` holds for more than it seems to.`;
      reporter.warning({ ...loose, at: notes.spanOf(expression), message });
    }
    childrenOf(expression).forEach(visit);
  }
}

interface Looseness {
  readonly code: DiagnosticCode;
  readonly hint: string;
}

function looseness(expression: Expression): Looseness | undefined {
  if (expression.kind !== "call") return undefined;
  const [subject, given] = expression.arguments;
  if (subject === undefined || given?.kind !== "literal" || typeof given.value !== "string")
    return undefined;
  const check = CHECKS[expression.function];
  return check?.(given.value, subject);
}

const CHECKS: {
  readonly [name in FunctionName]?: (text: string, subject: Expression) => Looseness | undefined;
} = { endsWith: looseEnd, startsWith: looseStart, contains: looseMiddle };

/** A whole domain name, with no sign before it that would end the label to its left. */
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$/i;

function looseEnd(text: string, subject: Expression): Looseness | undefined {
  if (!DOMAIN.test(text) || isFileName(text, subject)) return undefined;
  const hint = `\`evil${text}\` ends so too. Ask for the domain: \`inDomain(host(x), "${text}")\`.`;
  return { code: "ends_with_domain", hint };
}

function looseStart(text: string, subject: Expression): Looseness | undefined {
  if (/^https?:\/\/[^/]+$/i.test(text)) {
    const hint = `\`${text}.evil.test\` begins so too. Ask for the host: \`host(x) == "..."\`.`;
    return { code: "starts_with_url", hint };
  }
  const isPath = /^\/./.test(text) || (PATHS.test(nameOf(subject) ?? "") && text !== "/");
  if (!isPath || /^[a-z][a-z0-9+.-]*:/i.test(text)) return undefined;
  const directory = text.replace(/\/$/, "");
  const hint = `\`${directory}/../x\` begins so too. Ask for the directory: \`under(x, "${text}")\`.`;
  return { code: "starts_with_path", hint };
}

function looseMiddle(text: string, subject: Expression): Looseness | undefined {
  const name = nameOf(subject) ?? "";
  const isHost = subject.kind === "call" && subject.function === "host";
  const isAddress = DOMAIN.test(text.replace(/^[@.]/, "")) && !isFileName(text, subject);
  if (!isHost && !isAddress && !HOSTS.test(name)) return undefined;
  const domain = text.replace(/^[@.]/, "");
  const hint = isAddress
    ? `\`${domain}.evil.test\` holds it too. Ask for the domain: \`inDomain(host(x), "${domain}")\`.`
    : 'A text can be put anywhere into an address. Ask for the whole host: `host(x) == "..."`.';
  return { code: "contains_host", hint };
}

/** The last name by which a text is reached. */
function nameOf(subject: Expression): string | undefined {
  return subject.kind === "local" ? subject.name : fieldRead(subject)?.name;
}

const PATHS = /^(?:file_?|dir_?|target_?|source_?)?(?:path|dir|directory|folder)$/i;
const HOSTS = /(?:^|_)(?:host|hostname|domain|url|uri|e?mail|email_address|recipient)s?$/i;

/** Endings of files that look like those of domains. Where the text is known to be an address, none is. */
const FILE_ENDING =
  /\.(?:csv|tsv|txt|pdf|json|jsonl|ya?ml|xml|html?|md|js|ts|py|sh|sql|log|png|jpe?g|gif|svg|docx?|xlsx?|pptx?|zip|gz|tar|env|pem|key|toml|ini|conf|cfg|bak|lock)$/i;

function isFileName(text: string, subject: Expression): boolean {
  const isHost = subject.kind === "call" && subject.function === "host";
  return FILE_ENDING.test(text) && !isHost && !HOSTS.test(nameOf(subject) ?? "");
}

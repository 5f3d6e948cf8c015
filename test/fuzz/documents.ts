import { readdirSync, readFileSync } from "node:fs";
import { question } from "../differential/generate.ts";
import type { Random } from "./random.ts";

const FOLDER = new URL("../../examples/policies/", import.meta.url);

/** The policies that are shown to readers: what people write looks like these. */
export const EXAMPLES: readonly string[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .sort()
  .map((name) => readFileSync(new URL(name, FOLDER), "utf8"));

const WORDS = [
  "interlatch: 1",
  "id: x",
  "mode: shadow",
  "rules:",
  "tools:",
  "agents:",
  "facts:",
  "shapes:",
  "define:",
  "fallback:",
  "when:",
  "unless:",
  "conditions:",
  "action: deny",
  "action: allow",
  "action: review",
  'tool: "*"',
  "tools: [a, b*]",
  "max_batch_size: 5",
  "rate_limit: 10 calls/minute",
  "redact: [a.b]",
  "until: 2027-01-01",
  "default: allow",
  "arguments: { type: object }",
  "resources: none",
  "results: { trust: trusted }",
  "__proto__: 1",
  "constructor: {}",
  "<<: *a",
  "&a",
  "!tag",
  "? x",
  "|",
  ">",
  "---",
  "...",
  "%YAML 1.1",
  "{}",
  "[]",
  "''",
  '"',
  "# x",
  "\t",
  "\u0000",
  "\ufeff",
  "0x1",
  ".inf",
  "1e999",
  "-0",
  "9007199254740993",
  "~",
  "null",
  "yes",
];

/** Pieces of conditions that the grammar of {@link question} does not make. */
const PIECES = [
  'agent.role == "admin"',
  'agent.role in ["a"]',
  "host(arguments.s)",
  'inDomain(host(arguments.s), "acme.test")',
  'under(arguments.s, "/data")',
  'ipIn(arguments.s, "10.0.0.0/8")',
  "isPrivateHost(arguments.s)",
  'glob(arguments.s, "a*")',
  "lower(arguments.s)",
  'request.time > timestamp("2026-01-01T00:00:00Z")',
  'request.time.getHours("Europe/Berlin")',
  "tainted",
  'data_type == "sensitive"',
  "operation",
  "risk > 10",
  "user.id",
  "context.a.b",
  "facts.f.exists(x, x == 1)",
  "arguments.`a-b`",
  ".5",
  'r"\\d"',
  "'''x'''",
  'arguments.s.matches("^[a-z]{1,20}$")',
  "has(arguments.s)",
  "[1, [2, [3]]]",
  '{"a": {"b": 1}}',
  'called("t")',
  "true",
  "null",
  "1u",
  'b"x"',
  "0x1F",
  "a.b.c.d",
  "!",
  "&&",
  "||",
  "?",
  ":",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  "==",
  "in",
  '"',
  "'",
  ".",
  ",",
  "\\",
  "\u2028",
  "🙂",
];

/** A condition: a sound one over a call's arguments, one made of pieces, or either with a bruise. */
export function conditionText(random: Random): string {
  const sound = question(random.below(2 ** 31)).expression.ours.replaceAll(
    /(?<![.\w"'])([almnsv])(?![\w"'])/g,
    "arguments.$1",
  );
  const text = random.chance(0.75)
    ? sound
    : random
        .many(8, () => random.pick(PIECES))
        .join(random.pick([" ", " && ", " == ", "", " || "]));
  return random.chance(0.15) ? bruised(text, random) : text;
}

/** A text with a stretch replaced, removed, doubled or moved. */
function bruised(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + random.below(12));
  const [before, stretch, after] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
  switch (random.below(4)) {
    case 0:
      return before + after;
    case 1:
      return before + stretch + stretch + after;
    case 2:
      return before + random.pick(PIECES) + after;
    default:
      return before + String.fromCharCode(random.below(0x250)) + after;
  }
}

/** What the calls of {@link question} may look like. */
const SCHEMA =
  "arguments: { type: object, properties: { n: { type: number }, s: { type: string }, flag: { type: boolean }, list: { type: array, items: { type: number } }, a: {}, m: {}, l: { type: array }, v: {} }, required: [n, s, a, m, l, v] }";

/** A small policy around one condition, sound but for that. */
export function aroundCondition(random: Random): string {
  const quoted = `'${conditionText(random)
    .replaceAll("'", "''")
    .replaceAll(/[\r\n\0]/g, " ")}'`;
  const place = random.below(4);
  const schema = random.chance(0.25) ? SCHEMA : "data: sensitive";
  return [
    "interlatch: 1",
    "id: x",
    `tools: { t: { operation: ${random.pick(["read", "write", "spend"])}, resources: none, ${schema} } }`,
    "facts: { f: [1], g: { h: text } }",
    ...(place === 0 ? ["define:", `  named: ${quoted}`] : []),
    ...(place === 1 ? ["agents:", `  some: { when: ${quoted}, tools: [t] }`] : []),
    "rules:",
    `  - { name: first, tool: t, action: ${random.pick(["allow", "review", "deny"])}, ${place === 2 ? `unless: ${quoted}` : place === 3 ? `when: [${quoted}, "true"]` : place === 0 ? "when: named" : 'when: "true"'} }`,
    `  - { name: second, tool: t, action: ${random.pick(["allow", "deny"])}, when: ${quoted} }`,
  ].join("\n");
}

/** An example with a few lines changed: half of these still say something. */
export function mutatedExample(random: Random): string {
  let lines = random.pick(EXAMPLES).split("\n");
  for (let left = 1 + random.below(2); left > 0; left -= 1) lines = mutated(lines, random);
  return lines.join("\n");
}

function mutated(lines: readonly string[], random: Random): string[] {
  const at = random.below(lines.length);
  const line = lines[at] ?? "";
  const indent = /^[\s-]*/.exec(line)?.[0] ?? "";
  switch (random.below(8)) {
    case 0:
      return lines.toSpliced(at, 1);
    case 1:
      return lines.toSpliced(at, 0, lines[random.below(lines.length)] ?? "");
    case 2:
      return lines.with(at, `${indent}${random.pick(WORDS)}`);
    case 3:
      return lines.with(at, bruised(line, random));
    case 4:
      return lines.with(at, line.replace(/:.*/, `: ${random.pick(WORDS)}`));
    case 5:
      return lines.with(
        at,
        line.replace(
          /(when|unless):.*/,
          () =>
            `$1: '${conditionText(random)
              .replaceAll("'", "''")
              .replaceAll(/[\r\n]/g, " ")}'`,
        ),
      );
    case 6:
      return lines.with(at, random.chance(0.5) ? `  ${line}` : line.replace(/^ {1,2}/, ""));
    default:
      return lines.with(
        at,
        line.replace(/\w+/g, (word) =>
          random.chance(0.1) ? word.slice(1) + word.slice(0, 1) : word,
        ),
      );
  }
}

/** Words, signs and lines in any order. */
export function noise(random: Random): string {
  return random
    .many(30, () => random.pick(WORDS) + random.pick([" ", "\n", "\n  ", ": ", "- ", ""]))
    .join("");
}

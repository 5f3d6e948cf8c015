import fc from "fast-check";
import type { Json } from "@interlatch/core";

/** A YAML text that says a value in a layout of chance, and the comments in it. */
export interface LaidOut {
  readonly text: string;
  readonly comments: readonly string[];
}

/** Lays a map out as somebody might who cares for nothing: styles, orders, indentation, empty lines, comments. */
export function laidOut(value: { readonly [key: string]: Json }, seed: number): LaidOut {
  return new Scribbler(seed).document(value);
}

const CONDITIONS = [
  "arguments.size > 1000",
  '!has(arguments.note) || arguments.note != ""',
  'agent.role == "admin"',
  "'x' in agent.roles",
  "[1, 2].exists(n, n == arguments.size)",
  'arguments.text.matches("^a: #[0-9]{2}$")',
  'arguments.a.b == "it\'s" && arguments.c[0] == {"k": 1}.k',
  "known",
  `(${Array.from({ length: 9 }, (_, index) => `arguments.value_${index} != ${index}`).join(" && ")})`,
] as const;

const condition = fc.constantFrom(...CONDITIONS.filter((text) => text !== "known"));
const conditions = fc.oneof(
  fc.constantFrom(...CONDITIONS),
  fc.array(fc.constantFrom(...CONDITIONS), { minLength: 1, maxLength: 3 }),
);
const words = fc.constantFrom(
  "plain words",
  'it\'s "quoted"',
  "a: b # c",
  "two\nlines\n",
  "  indented\n\n more\n\n",
  "true",
  "17",
  "ends in blank ",
  "\ttab",
  "- dash",
  "#no comment",
  "ünïcode 😀",
  "x".repeat(120),
  `many ${"words ".repeat(30)}end`,
  "no",
  "null",
  "{a}, [b]",
  "%directive",
  "",
);
const anyJson = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    words,
    fc.constantFrom(0, -1.5, 1e21, 42, true, false, null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom("a", "long key", "b-c", "true", "1", "x: y", "#k"),
      tie("value"),
      {
        maxKeys: 4,
      },
    ),
  ),
})).value;

const TOOLS = ["export_data", "send_email", "t.3"] as const;
const rule = fc.record(
  {
    action: fc.constantFrom("allow", "review", "deny", "auto_approve", "human_review", "block"),
    tool: fc.oneof(fc.constantFrom(...TOOLS), fc.subarray([...TOOLS], { minLength: 1 })),
    conditions,
    unless: conditions,
    reason: words.filter((text) => text !== ""),
    max_batch_size: fc.constantFrom(1, 100),
    fallback: fc.record({ message: fc.constantFrom("No: {reason}", "It's: no") }),
  },
  { requiredKeys: ["action", "tool"] },
);

/** Policies of every kind of value that has a layout. They build; words are those of the seed vocabulary. */
export const arbitraryDocument: fc.Arbitrary<{ readonly [key: string]: Json }> = fc
  .record({
    rules: fc.array(rule, { maxLength: 4 }),
    facts: fc.dictionary(fc.constantFrom("limits", "partners", "note"), anyJson, { maxKeys: 3 }),
    known: condition,
    description: words,
  })
  .map(({ rules, facts, known, description }) => ({
    rules: rules.map((one, index) => ({ name: `rule_${index}`, ...one })),
    facts,
    define: { known },
    description,
    interlatch: 1,
    tools: { export_data: { data: "public", operation: "write", batch: { argument: "size" } } },
    id: "desk",
  }));

class Scribbler {
  readonly #lines: string[] = [];
  readonly #comments: string[] = [];
  #state: number;
  #isInBlock = false;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  document(value: { readonly [key: string]: Json }): LaidOut {
    if (this.#chance(0.2)) this.#lines.push(this.#chance(0.5) ? "---" : this.#comment());
    this.#map(Object.entries(value), 0, "");
    if (this.#chance(0.3)) this.#lines.push(this.#comment());
    return { text: `${this.#lines.join("\n")}\n`, comments: this.#comments };
  }

  #map(entries: readonly (readonly [string, Json])[], indent: number, dash: string): void {
    const shuffled = entries
      .map((entry) => [this.#next(), entry] as const)
      .sort(([a], [b]) => a - b)
      .map(([, entry]) => entry);
    shuffled.forEach(([key, value], index) => {
      const lead = index === 0 && dash !== "" ? dash : " ".repeat(indent);
      if (lead !== dash || dash === "") this.#between(indent);
      this.#value(`${lead}${this.#key(key)}:`, value, indent);
    });
  }

  #list(items: readonly Json[], indent: number): void {
    for (const item of items) {
      this.#between(indent);
      const lead = `${" ".repeat(indent)}-`;
      if (isMap(item) && Object.keys(item).length > 0 && this.#chance(0.7)) {
        this.#map(Object.entries(item), indent + 2, `${lead} `);
      } else this.#value(lead, item, indent);
    }
  }

  /** Empty lines and comments, at any column. */
  #between(indent: number): void {
    if (this.#chance(0.15)) this.#lines.push("");
    if (!this.#chance(0.15)) return;
    // Further to the right it would be a part of the block above.
    const column = this.#isInBlock ? 0 : this.#chance(0.5) ? indent : this.#below(9);
    this.#lines.push(`${" ".repeat(column)}${this.#comment()}`);
    this.#isInBlock = false;
  }

  #value(lead: string, value: Json, indent: number): void {
    this.#isInBlock = false;
    const isFilled = typeof value === "object" && value !== null && Object.keys(value).length > 0;
    if (isFilled && this.#chance(0.6)) {
      this.#lines.push(`${lead}${this.#beside()}`);
      const inner = indent + 1 + this.#below(4);
      if (Array.isArray(value)) this.#list(value, inner);
      else this.#map(Object.entries(value), inner, "");
    } else if (typeof value === "string" && this.#isBlock(value)) {
      this.#block(lead, value, indent + 1 + this.#below(3));
    } else this.#lines.push(`${lead} ${this.#flow(value, indent + 1)}${this.#beside()}`);
  }

  /** A text as a literal block, which holds it only when it begins with no blank. */
  #isBlock(text: string): boolean {
    return /^[^\s#]/.test(text) && !/[\t]/.test(text) && this.#chance(0.4);
  }

  #block(lead: string, text: string, indent: number): void {
    const body = text.replace(/\n+$/, "");
    const ends = text.length - body.length;
    this.#lines.push(`${lead} |${ends === 0 ? "-" : ends === 1 ? "" : "+"}${this.#beside()}`);
    const lines = [...body.split("\n"), ...Array.from({ length: Math.max(0, ends - 1) }, () => "")];
    for (const line of lines) this.#lines.push(line === "" ? "" : `${" ".repeat(indent)}${line}`);
    this.#isInBlock = true;
  }

  /** In braces and brackets, on one line or several, with comments where lines end. */
  #flow(value: Json, indent: number): string {
    if (typeof value !== "object" || value === null) return this.#scalar(value);
    const parts = Array.isArray(value)
      ? value.map((item) => this.#flow(item, indent + 1))
      : Object.entries(value).map(
          ([key, item]) => `${this.#key(key)}: ${this.#flow(item, indent + 1)}`,
        );
    const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
    const gap = (): string =>
      this.#chance(0.1) ? `${this.#beside()}\n${" ".repeat(indent + this.#below(3))}` : " ";
    return `${open}${parts.map((part) => `${gap()}${part}`).join(",")}${gap()}${close}`;
  }

  #scalar(value: null | boolean | number | string): string {
    if (typeof value !== "string") return value === 1e21 ? "1e21" : String(value);
    const isSimple = /^[A-Za-z][A-Za-z0-9 _.>=()]*[A-Za-z0-9)]$/.test(value);
    if (isSimple && !/^(?:true|null)$/.test(value) && this.#chance(0.6)) return value;
    const isLine = /^[^\u0000-\u001f]*$/.test(value);
    return isLine && this.#chance(0.5) ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
  }

  #key(key: string): string {
    return /^[A-Za-z_-]+$/.test(key) && key !== "true" && this.#chance(0.8)
      ? key
      : JSON.stringify(key);
  }

  #beside(): string {
    return this.#chance(0.15) ? ` ${this.#comment()}` : "";
  }

  #comment(): string {
    const text = `# comment ${this.#comments.length}: { it's`;
    this.#comments.push(text);
    return text;
  }

  #chance(share: number): boolean {
    return this.#next() < share;
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  /** Numerical Recipes' linear congruential generator: any sequence will do, the same for the same seed. */
  #next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
}

function isMap(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

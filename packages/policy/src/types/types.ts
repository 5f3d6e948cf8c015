import type { ArgumentSchema, Policy, ToolPolicy } from "@interlatch/core";
import {
  commentText,
  keyText,
  type NameOf,
  typeOfObject,
  typeOfSchema,
  union,
} from "./schema-types.ts";

/**
 * TypeScript types of what a policy declares: the arguments of its tools, their results where they are described, the
 * tools that each agent profile may ask for, the facts that the host hands over. They help whoever writes tools and
 * hosts, as in `createGuard<Types>`; the guard does not read them.
 *
 * @param policy - as `compilePolicy` gives it
 *
 * @example
 * ```ts
 * import { compilePolicy, policyTypes } from "@interlatch/policy";
 * const text = "interlatch: 1\nid: desk\ntools: { read_order: { operation: read } }\n";
 * const result = await compilePolicy({ files: [{ path: "policy.yaml", text }] });
 * if (result.ok) console.log(policyTypes(result.policy));
 * ```
 */
export function policyTypes(policy: Policy): string {
  const tools = Object.entries(policy.tools);
  const described = tools.flatMap(([name, tool]) =>
    tool.output === undefined ? [] : [[name, tool.output] as const],
  );
  const definitions = [
    ...tools.flatMap(([name, tool]) => [
      ...definitionsOf(name, "arguments", tool.arguments),
      ...definitionsOf(name, "output", tool.output),
    ]),
    ...definitionsOf("", "facts", policy.hostFacts),
  ];
  const sections = [
    `// Types of the policy ${JSON.stringify(policy.id)}, made by \`interlatch types\`.\n`,
    declared("Tools", "The arguments of each tool.", tools.map(toolEntry)),
    "/** The name of a tool. */\nexport type ToolName = keyof Tools;\n",
    declared(
      "Results",
      "The results of the tools whose results are described.",
      described.map(([name, schema]) =>
        entry(name, typeOfSchema(schema, namesIn(name, "output"), "  ")),
      ),
    ),
    declared(
      "Agents",
      "The tools that each agent profile may ask for at most.",
      Object.entries(policy.agents ?? {}).map(([name, profile]) =>
        entry(name, union(profile.tools.map((tool) => JSON.stringify(tool)))),
      ),
    ),
    ...factsOf(policy),
    declared("Types", "All of it, for `createGuard<Types>`.", [
      entry("tools", "Tools"),
      entry("results", "Results"),
      entry("agents", "Agents"),
      ...(policy.hostFacts === undefined ? [] : [entry("facts", "Facts")]),
    ]),
    ...(definitions.length === 0
      ? []
      : [declared("Definitions", "What schemas refer to.", definitions)]),
  ];
  return sections.join("\n");
}

/** A type of its own, since its schema may be more than a map of names. */
function factsOf({ hostFacts }: Policy): readonly string[] {
  if (hostFacts === undefined) return [];
  const about = commentText("What the host hands over as `facts` with an identity.", "");
  return [`${about}export type Facts = ${typeOfObject(hostFacts, namesIn("", "facts"), "")};\n`];
}

function declared(name: string, about: string, entries: readonly string[]): string {
  const body = entries.length === 0 ? "{}" : `{\n${entries.join("")}}`;
  return `${commentText(about, "")}export interface ${name} ${body}\n`;
}

function entry(key: string, type: string): string {
  return `  readonly ${keyText(key)}: ${type};\n`;
}

function toolEntry([name, tool]: readonly [string, ToolPolicy]): string {
  const type =
    tool.arguments === undefined
      ? "{ readonly [name: string]: unknown }"
      : typeOfObject(tool.arguments, namesIn(name, "arguments"), "  ");
  return `${commentText(tool.description, "  ")}${entry(name, type)}`;
}

type Part = "arguments" | "output" | "facts";

/** What `#` refers to in the schema of each part. */
const WHOLE = {
  arguments: (tool: string) => `Tools[${JSON.stringify(tool)}]`,
  output: (tool: string) => `Results[${JSON.stringify(tool)}]`,
  facts: () => "Facts",
} satisfies Record<Part, (tool: string) => string>;

/** `$defs` of one tool stand beside those of all others, so their names hold the tool's. */
function definitionsOf(
  tool: string,
  part: Part,
  schema: ArgumentSchema | undefined,
): readonly string[] {
  if (schema === undefined || typeof schema === "boolean") return [];
  const nameOf = namesIn(tool, part);
  return Object.entries(schema.$defs ?? {}).map(([name, one]) =>
    entry(keyOf(tool, part, `#/$defs/${escapePointer(name)}`), typeOfSchema(one, nameOf, "  ")),
  );
}

function namesIn(tool: string, part: Part): NameOf {
  return (reference) =>
    reference === "#"
      ? WHOLE[part](tool)
      : `Definitions[${JSON.stringify(keyOf(tool, part, reference))}]`;
}

function keyOf(tool: string, part: Part, reference: string): string {
  return `${tool} ${part} ${reference}`;
}

/** A name in a JSON pointer, as references write it. Source: RFC 6901. */
function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

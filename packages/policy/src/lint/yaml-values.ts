import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import type { YamlNode, YamlScalar } from "../yaml/tree.ts";
import { mapAt } from "../document/fields.ts";
import { entryOf } from "../yaml/tree.ts";

/** Values in facts and schemas that YAML reads as something else than what is seen. */
export function lintYamlValues({ parts }: Compiled, reporter: Reporter): void {
  for (const { value } of parts.facts) {
    if (value.kind === "scalar") warnOfWord(value, reporter);
    visit(value, (scalar) => warnOfNumber(scalar, reporter));
  }
  for (const { value } of parts.tools) {
    const schema = value.kind === "map" ? mapAt(value, "arguments") : undefined;
    if (schema !== undefined) visitValues(schema, (scalar) => warnOfNumber(scalar, reporter));
  }
}

/** Of a schema the fixed values: its bounds are numbers and are meant to be. */
function visitValues(node: YamlNode, warn: (scalar: YamlScalar) => void): void {
  if (node.kind === "list") node.items.forEach((item) => visitValues(item, warn));
  if (node.kind !== "map") return;
  for (const key of ["enum", "const"]) {
    const entry = entryOf(node, key);
    if (entry !== undefined) visit(entry.value, warn);
  }
  for (const { value } of node.entries) visitValues(value, warn);
}

function visit(node: YamlNode, warn: (scalar: YamlScalar) => void): void {
  switch (node.kind) {
    case "scalar":
      return warn(node);
    case "list":
      return node.items.forEach((item) => visit(item, warn));
    case "map":
      return node.entries.forEach(({ value }) => visit(value, warn));
    case "broken":
      return;
  }
}

/** `012` is twelve, `0x1f` thirty-one and `12e3` twelve thousand: postcodes and hashes are not. */
function warnOfNumber({ value, style, at }: YamlScalar, reporter: Reporter): void {
  if (typeof value !== "number" || style !== "plain") return;
  const written = at.file.text.slice(at.start, at.end);
  if (!/^[-+]?0[0-9]|^[-+]?0[xo]|e/i.test(written)) return;
  reporter.warning({
    code: "yaml_number",
    at,
    message: `YAML reads \`${written}\` as the number ${value}.`,
    hint: `Quote it if it is a text: "${written}". Otherwise write ${value}.`,
  });
}

/** YAML 1.1 took these for booleans, and many people still do. */
function warnOfWord({ value, style, at }: YamlScalar, reporter: Reporter): void {
  if (style !== "plain" || typeof value !== "string") return;
  if (!/^(?:yes|no|on|off|y|n)$/i.test(value)) return;
  const meant = /^[yo]/i.test(value) && !/^off$/i.test(value) ? "true" : "false";
  reporter.warning({
    code: "yaml_boolean_word",
    at,
    message: `\`${value}\` is a text to YAML, not a boolean.`,
    hint: `Write \`${meant}\`, or quote it if it is a text: "${value}".`,
  });
}

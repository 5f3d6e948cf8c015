import type { Fallback, MessageTemplate, ValueTemplate } from "./ir.ts";
import type { Expression } from "./expression.ts";
import {
  type Check,
  type Place,
  closed,
  nested,
  optional,
  refuse,
  variants,
  within,
} from "./shape.ts";
import { json, listOf, name, oneOf, text } from "./shape-values.ts";
import { expression } from "./validate-expression.ts";

/** Nesting of a fallback's value. */
const TEMPLATE_DEPTH = 32;
const MAX_PARTS = 1_000;

type Template<Kind extends ValueTemplate["kind"]> = Extract<ValueTemplate, { readonly kind: Kind }>;

const words = text(65_536);

const namePart = closed<Exclude<MessageTemplate[number], string>>({
  name: oneOf(["reason", "tool", "rule"]),
});

function messagePart(value: unknown, at: Place): MessageTemplate[number] {
  return typeof value === "string" ? words(value, at) : namePart(value, at);
}

function textPart(value: unknown, at: Place): string | Expression {
  return typeof value === "string" ? words(value, at) : expression(value, at);
}

const valueTemplate = nested<ValueTemplate>(TEMPLATE_DEPTH, (inner) =>
  variants<ValueTemplate>({
    literal: closed<Template<"literal">>({ kind: oneOf(["literal"]), value: json }),
    expression: closed<Template<"expression">>({ kind: oneOf(["expression"]), expression }),
    text: closed<Template<"text">>({
      kind: oneOf(["text"]),
      parts: listOf(textPart, 0, MAX_PARTS),
    }),
    list: closed<Template<"list">>({ kind: oneOf(["list"]), items: listOf(inner, 0, 10_000) }),
    object: closed<Template<"object">>({
      kind: oneOf(["object"]),
      entries: listOf(objectEntry(inner), 0, 10_000),
    }),
  }),
);

function objectEntry(inner: Check<ValueTemplate>): Check<readonly [string, ValueTemplate]> {
  return (value, at) => {
    if (!Array.isArray(value) || value.length !== 2)
      return refuse(at, "expected a name and a value");
    const key = words(value[0], within(at, 0));
    if (key === "__proto__") return refuse(at, "__proto__ is not allowed as a key");
    return Object.freeze([key, inner(value[1], within(at, 1))] as const);
  };
}

type FallbackOf<Kind extends Fallback["kind"]> = Extract<Fallback, { readonly kind: Kind }>;

const message = listOf(messagePart, 0, MAX_PARTS);

/** Checks what an agent gets instead of a denied call. */
export const fallback: Check<Fallback> = variants<Fallback>({
  message: closed<FallbackOf<"message">>({ kind: oneOf(["message"]), message }),
  value: closed<FallbackOf<"value">>({ kind: oneOf(["value"]), value: valueTemplate }),
  tool: closed<FallbackOf<"tool">>({
    kind: oneOf(["tool"]),
    tool: name,
    arguments: valueTemplate,
  }),
  route: closed<FallbackOf<"route">>({ kind: oneOf(["route"]), route: name }),
  throw: closed<FallbackOf<"throw">>({ kind: oneOf(["throw"]), message: optional(message) }),
});

import type { Json, JsonObject, SourcePosition } from "@interlatch/core";
import type { Reporter } from "../diagnostics/reporter.ts";
import { mapAt, textAt } from "../document/fields.ts";
import type { Span } from "../yaml/source.ts";
import { entryOf, toJson, toJsonObject, valueOf, type YamlMap } from "../yaml/tree.ts";
import type { ExpectedDecision, PolicyTestCall } from "./case.ts";

/** The `call` of a case or of an earlier call; `undefined` where a part of it is broken. */
export function callOf(node: YamlMap): PolicyTestCall | undefined {
  const call = mapAt(node, "call");
  const tool = call === undefined ? undefined : textAt(call, "tool");
  if (call === undefined || tool === undefined) return undefined;
  const id = textAt(call, "id")?.value;
  const own = valueOf(call, "arguments");
  const given = own === undefined ? emptyObject() : toJsonObject(own);
  if (given === undefined) return undefined;
  return { ...(id === undefined ? {} : { id }), tool: tool.value, arguments: given };
}

const EXPECTED_FALLBACKS: readonly string[] = ["message", "value", "route", "arguments tool"];

/** What must come of a call; `undefined` where a part of it is broken. */
export function expectedOf(node: YamlMap, reporter: Reporter): ExpectedDecision | undefined {
  const fallback = mapAt(node, "fallback");
  const keys = (fallback?.entries ?? []).map(({ key }) => key).toSorted();
  if (fallback !== undefined && !EXPECTED_FALLBACKS.includes(keys.join(" "))) {
    const message =
      "An expected fallback is a `message`, a `value`, a `route`, or a `tool` with its `arguments`.";
    const at = entryOf(node, "fallback")?.keyAt ?? node.at;
    reporter.error({ code: "conflicting_keys", at, message });
  }
  return toJson(node) as unknown as ExpectedDecision | undefined; // its shape was checked by the schema of the document
}

/** Where a thing stands, as results name it. */
export function placeOf(at: Span): SourcePosition {
  return { file: at.file.path, line: at.file.positionOf(at.start).line };
}

/** Without a prototype, as all JSON here. */
export function emptyObject(): JsonObject {
  return Object.create(null) as Record<string, Json>; // nothing in it yet
}

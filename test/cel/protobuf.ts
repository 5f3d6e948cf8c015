import type { MapValue_Entry, Value as CelValue } from "@bufbuild/cel-spec/cel/expr/value_pb.js";
import { anyUnpack, type Any, DurationSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { Duration, Timestamp, type Value } from "../../packages/core/src/evaluate/value.ts";

/**
 * A value of the conformance suite as ours: numbers are doubles, objects have texts for keys.
 *
 * @returns `undefined` for what the profile does not have: uint, bytes, messages, types, keys that are no text
 */
export function valueOf({ kind }: CelValue): Value | undefined {
  switch (kind.case) {
    case "nullValue":
      return null;
    case "boolValue":
    case "doubleValue":
    case "stringValue":
      return kind.value;
    case "int64Value":
      return Number(kind.value);
    case "listValue":
      return listOf(kind.value.values);
    case "mapValue":
      return mapOf(kind.value.entries);
    case "objectValue":
      return timeOf(kind.value);
    default:
      return undefined;
  }
}

function listOf(values: readonly CelValue[]): Value | undefined {
  const items = values.map(valueOf);
  const whole = items.filter((item) => item !== undefined);
  return whole.length < items.length ? undefined : whole;
}

function mapOf(entries: readonly MapValue_Entry[]): Value | undefined {
  const map: Record<string, Value> = Object.create(null);
  for (const { key, value } of entries) {
    const [name, item] = [key && valueOf(key), value && valueOf(value)];
    if (typeof name !== "string" || item === undefined) return undefined;
    map[name] = item;
  }
  return map;
}

function timeOf(message: Any): Value | undefined {
  const timestamp = anyUnpack(message, TimestampSchema);
  if (timestamp !== undefined) {
    const ms = millisecondsOf(timestamp);
    return ms === undefined ? undefined : new Timestamp(ms);
  }
  const duration = anyUnpack(message, DurationSchema);
  const ms = duration === undefined ? undefined : millisecondsOf(duration);
  return ms === undefined ? undefined : new Duration(ms);
}

/** Times are to the millisecond. */
function millisecondsOf(time: {
  readonly seconds: bigint;
  readonly nanos: number;
}): number | undefined {
  const ms = Number(time.seconds) * 1_000 + time.nanos / 1_000_000;
  return Number.isInteger(ms) ? ms : undefined;
}

import type { WrittenDimension } from "../scopes/entries.ts";
import type { Access, AgentProfile } from "./ir.ts";
import { type Check, type FieldChecks, optional, quote, refuse } from "./shape.ts";
import { listOf, mapOf, name, oneOf, text } from "./shape-values.ts";

/** Entries of one dimension of a profile, and resources of one dimension of a tool. */
export const MAX_ENTRIES = 1_000;
/** The longest of them, in UTF-16 units. */
export const LONGEST_ENTRY = 8_192;

/** What is done to a database or a folder. */
export const access: Check<Access> = oneOf(["read", "write"]);

/** An entry that can be read. One that cannot would never match, and nobody would be told. */
function entry(dimension: WrittenDimension): Check<string> {
  const short = text(LONGEST_ENTRY);
  return (value, at) => {
    const written = short(value, at);
    const { isScopeEntry } = at.about;
    if (isScopeEntry === null) return refuse(at, "what reads entries of profiles was not loaded");
    return isScopeEntry(dimension, written)
      ? written
      : refuse(at, `${quote(written)} cannot be read as an entry of \`${dimension}\``);
  };
}

/** The dimensions of an agent profile. */
export const profileDimensions: Pick<
  FieldChecks<AgentProfile>,
  "databases" | "endpoints" | "network" | "paths"
> = {
  databases: optional(mapOf(name, access, MAX_ENTRIES)),
  endpoints: optional(listOf(entry("endpoints"), 0, MAX_ENTRIES)),
  network: optional(listOf(entry("network"), 0, MAX_ENTRIES)),
  paths: optional(mapOf(entry("paths"), access, MAX_ENTRIES)),
};

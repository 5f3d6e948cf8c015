import type { HostileCase } from "./case.ts";
import { COLLECTION_CASES } from "./collections.ts";
import { PATTERN_CASES } from "./patterns.ts";
import { RULE_CASES } from "./rules.ts";
import { SCHEMA_CASES } from "./schemas.ts";
import { SCOPE_CASES } from "./scopes.ts";
import { TEXT_CASES } from "./texts.ts";

/** Everything that was tried to make a decision slow. */
export const HOSTILE_CASES: readonly HostileCase[] = [
  ...PATTERN_CASES,
  ...TEXT_CASES,
  ...COLLECTION_CASES,
  ...SCHEMA_CASES,
  ...SCOPE_CASES,
  ...RULE_CASES,
];

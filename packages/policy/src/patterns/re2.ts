import type { RE2JS } from "@bufbuild/re2";

/** What parses, simplifies and compiles patterns. */
export type Re2 = typeof RE2JS;

/** Loads RE2: only for a policy that has a pattern, since its tables take their time. */
export async function loadRe2(): Promise<Re2> {
  return (await import("@bufbuild/re2")).RE2JS;
}

/** What is read of a program that RE2 compiled; `RE2JS.re2().prog` has this shape. */
export interface Re2Program {
  readonly start: number;
  readonly inst: readonly Re2Instruction[];
}

/** One instruction of a {@link Re2Program}. */
export interface Re2Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  /** One code point, or the first and last of each range. */
  readonly runes: readonly number[];
}

/** Opcodes of RE2's instructions, as the pinned version numbers them. All others read a code point. */
export const RE2_OPCODES = {
  alt: 1,
  altMatch: 2,
  capture: 3,
  emptyWidth: 4,
  fail: 5,
  match: 6,
  nop: 7,
} as const;

/** What RE2 found that every match holds; `RE2JS.re2().prefilter` has this shape. */
export interface Re2Prefilter {
  readonly type: number;
  readonly str: string;
  readonly subs: readonly Re2Prefilter[];
}

/** Types of RE2's prefilters, as the pinned version numbers them. */
export const RE2_PREFILTERS = { exact: 1, all: 2, any: 3 } as const;

import { ENGINE } from "./ir.ts";
import { type Place, refuse } from "./shape.ts";
import { integer } from "./shape-values.ts";

/** Why this run time does not run policies of these semantics, and what to do; `null`: it does. */
export function engineRefusal(version: number): string | null {
  if (version === ENGINE) return null;
  return version > ENGINE
    ? `needs semantics ${version}; this run time has ${ENGINE}`
    : `has semantics ${version}, which this run time with its ${ENGINE} does not run; build it again`;
}

const whole = integer(0);

/** Checks the `engine` of a policy. */
export function engine(value: unknown, here: Place): number {
  const version = whole(value, here);
  const refusal = engineRefusal(version);
  return refusal === null ? version : refuse(here, refusal, "ERR_BUNDLE_ENGINE");
}

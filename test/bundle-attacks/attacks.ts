import type { Attack } from "./attack.ts";
import { controls } from "./controls.ts";
import { encodingAttacks } from "./encoding.ts";
import { purposeAttacks } from "./purpose.ts";
import { rootAttacks } from "./roots.ts";
import { signatureAttacks } from "./signatures.ts";
import { stateAttacks } from "./states.ts";

/**
 * Every attack on signed bundles that this build answers, and the controls, by id. Numbers that are missing belong to
 * parts that are not built: the status document (50–56), bundles over HTTP (68–71), the guard (74–76).
 */
export const attacks: readonly Attack[] = [
  ...controls,
  ...signatureAttacks,
  ...encodingAttacks,
  ...purposeAttacks,
  ...rootAttacks,
  ...stateAttacks,
].toSorted((a, b) => compareIds(a.id, b.id));

function compareIds(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

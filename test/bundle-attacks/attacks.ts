import { arrivalAttacks } from "./arrival.ts";
import type { Attack } from "./attack.ts";
import { controls } from "./controls.ts";
import { encodingAttacks } from "./encoding.ts";
import { followedRootAttacks } from "./followed.ts";
import { purposeAttacks } from "./purpose.ts";
import { rootAttacks } from "./roots.ts";
import { rotationAttacks } from "./rotations.ts";
import { signatureAttacks } from "./signatures.ts";
import { stateAttacks } from "./states.ts";
import { statusAttacks } from "./status.ts";

/**
 * Every attack on signed bundles that this build answers, and the controls, by id. What tries to use an approval under
 * another bundle (76) stands with the reviews.
 */
export const attacks: readonly Attack[] = [
  ...controls,
  ...signatureAttacks,
  ...encodingAttacks,
  ...purposeAttacks,
  ...rootAttacks,
  ...followedRootAttacks,
  ...rotationAttacks,
  ...stateAttacks,
  ...statusAttacks,
  ...arrivalAttacks,
].toSorted((a, b) => compareIds(a.id, b.id));

function compareIds(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

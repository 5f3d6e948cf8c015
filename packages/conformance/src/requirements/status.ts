import { requirements, type Requirement } from "./requirement.ts";

/** The status document: what is current, what is revoked, what is switched off; and how it reaches a guard. */
export const statusRequirements: readonly Requirement[] = requirements("0.1.0", {
  "bundle.control.09": "A guard runs by its status, and takes the next one.",
  "bundle.attack.50":
    "A status that has ended stops what writes: holding statuses back freezes nobody.",
  "bundle.attack.51": "An older status is not taken.",
  "bundle.attack.52":
    "A bundle is current only with the version and the content that the status names.",
  "bundle.attack.53": "A revoked bundle stops, and does not come back.",
  "bundle.attack.54": "The kill switch stops every call.",
  "bundle.attack.55": "A key that signs bundles signs no status.",
  "bundle.attack.56": "A bundle of a stream that the status does not list is refused.",
  "bundle.attack.160": "An older status is not taken after a restart either.",
  "bundle.attack.161": "A second content of one version of the status is refused.",
  "bundle.attack.162": "A status of another environment, or of all of them, is refused.",
  "bundle.attack.163":
    "A status lives at most 7 days, from when it was issued, and not ahead of the clock.",
  "bundle.attack.164": "A status with a field that nobody knows is refused: it brings no policy.",
  "bundle.attack.165": "A signed document of another kind is no status.",
  "bundle.attack.166":
    "A status that was changed after it was signed, or is not signed, is refused.",
  "bundle.attack.167": "Names that every object has are names like any other in a status.",
  "bundle.attack.168":
    "A glob of the kill switch goes over every character, and one that is none is refused.",
  "bundle.attack.169":
    "A key that the status revokes counts no more, on bundles and on later statuses.",
  "bundle.attack.170": "A bundle that no status names is not taken, whoever signed it.",
  "bundle.attack.171": "A guard that has seen no status yet denies every call.",
  "bundle.attack.172": "A status that has ended does not live again by a clock that is set back.",
  "status.kill":
    "A kill stops the tools, agents, tenants and sessions that it names, and nothing else.",
  "status.kill.poll": "A kill reaches a guard that nobody calls within one poll.",
  "status.kill.push":
    "A kill reaches a guard at once when it is told to look, however often it is told.",
  "status.kill.review": "A call that people have approved does not run under a kill.",
  "status.stale.reads":
    "After the end of a status reads go on for as long again, and then nothing does.",
  "status.stale.deny": "A host may have everything stop when a status ends.",
  "status.clock": "A clock that is set back gives a status no more time.",
  "status.none": "A guard without a status denies, and asks for one until it comes.",
  "status.current":
    "Only the bundle that the status names takes over; another is told and kept out.",
  "status.freeze": "A bundle that is no longer current stops when the status that says so ends.",
  "status.revoked":
    "A bundle that is revoked, too low, not listed or of other content stops at once.",
  "status.kept": "A status that is refused or cannot be had leaves the one in use, and is told.",
  "status.restart": "The highest status seen is remembered over a restart.",
  "status.restricts": "No status allows a call that is denied without it.",
  "status.command": "A status is made from the last one, shown, and put where hosts read it.",
  "status.command.careful":
    "The command refuses to sign a status that goes back, lives too long, or that hosts would refuse.",
});

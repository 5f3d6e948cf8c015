import { requirements, type Requirement } from "./requirement.ts";

/** How bundles reach a guard, and several policies in one. */
export const arrivalRequirements: readonly Requirement[] = requirements("0.1.0", {
  "arrival.shared":
    "Two services of different frameworks over one HTTPS server go through new, bad and killed without losing a call.",
  "arrival.reloads": "A thousand reloads under calls drop no call and leave nothing behind.",
  "arrival.events":
    "A guard says when a bundle takes over, is refused, ends soon, and when none comes any more.",
  "streams.restrictive": "Several streams decide as the most restrictive of them.",
  "streams.effective":
    "A call of several streams runs only with arguments that each of them lets through.",
  "streams.order": "The order in which a host lists streams changes nothing.",
  "streams.names": "A decision of several streams names the bundle of each and whose rule it was.",
  "streams.uses": "A stream speaks only about the tools that the host lets it speak about.",
  "streams.all": "While one of several streams has no bundle every call is denied.",
  "streams.trust": "What one stream's keys sign is nothing to another stream.",
});

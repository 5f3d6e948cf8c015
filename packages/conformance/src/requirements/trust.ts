import { requirements, type Requirement } from "./requirement.ts";

/** How trust roots are made, changed and signed by several people, and who signs with what. */
export const trustRequirements: readonly Requirement[] = requirements("0.1.0", {
  "cli.trust.defaults":
    "Of several keys of a role more than half must sign, unless something else is said.",
  "cli.trust.rotate":
    "A rotated trust root says who must still sign, and is taken only when they have.",
  "cli.trust.both": "A trust root with new root keys needs the old ones and the new ones.",
  "cli.trust.keys":
    "Keys are added, removed and revoked by the next trust root, signed for its last content.",
  "cli.trust.new-keys": "Keys that `trust init` makes are encrypted.",
  "cli.sign.apart": "Two people sign one bundle on two machines, in any order.",
  "cli.sign.append":
    "A signature of something else, that does not fit, or of a key that may not sign is not put in.",
  "cli.sign.command":
    "A program signs without a shell, and what it prints is verified before it is used.",
  "cli.sign.command-fails":
    "A program that hangs, fails, prints nonsense or signs with another key signs nothing.",
  "trust.drill":
    "A leaked key's bundles stop in running services, which recover without a restart.",
});

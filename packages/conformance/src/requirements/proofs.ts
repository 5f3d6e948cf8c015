import { requirements, type Requirement } from "./requirement.ts";

/** What others can check: the formats, the vectors, the hosts, and what is deployed. */
export const proofRequirements: readonly Requirement[] = requirements("0.1.0", {
  // DSSE, by its own vector and with another implementation
  "dsse.vector": "The vector of the DSSE specification is encoded and verified as it says.",
  "dsse.strict":
    "What DSSE leaves open is closed: a signature names its key, base64 has one alphabet, no field is ignored.",
  "dsse.encoding": "Any type and payload is encoded as another implementation encodes it.",
  "dsse.ours-elsewhere": "Another implementation of DSSE reads and verifies what is signed here.",
  "dsse.theirs-here":
    "What another implementation of DSSE signs loads here, and its tampered copy does not.",
  "vectors.roots": "The published trust roots, good and bad, get what they demand.",
  "vectors.bundles": "The published bundles, good and bad, get what they demand.",
  "vectors.bundles-again": "The published vectors come out the same, byte for byte.",
  // hosts without a disk
  "edge.decides":
    "A guard verifies, decides and runs in an edge runtime, without a module of Node.",
  "edge.floor": "In an isolate that remembers nothing the lockfile keeps older bundles out.",
  "edge.fetches": "In an edge runtime a bundle comes over HTTP, and a refresh takes the next one.",
  "edge.flushes": "In an edge runtime records leave after the answer.",
  // what is deployed
  "lock.floor":
    "Of a locked stream exactly the locked content loads, or a newer version; the host's memory still counts.",
  "lock.guard":
    "A guard with a lockfile refuses older bundles, other content, and what is not locked.",
  "lock.write": "The command line locks only bundles that a host would take, and never goes back.",
  "lock.verify": "The command line says whether a bundle is exactly the locked one.",
  "verify.rebuild":
    "The command line makes a bundle's payload anew of the sources, and says in what they differ.",
  "verify.size":
    "What verifies a bundle under a pinned root is 8 KB or less, minified and compressed, and needs no other package.",
  "diff.review":
    "A comparison says so where fewer people, other people or a later answer are enough for a review.",
  "ci.examples": "The examples for continuous integration test, build, sign and publish a project.",
  "security.guarantees":
    "Each guarantee of the security policy names requirements that the manifest holds.",
});

import { requirements, type Requirement } from "./requirement.ts";

/** What a store for rollback state must do, and what the stores that last promise besides. */
export const lastingStoreRequirements: readonly Requirement[] = requirements("0.1.0", {
  "store.rollback.forward":
    "A store keeps the highest version of each stream, and no older one after it.",
  "store.rollback.content": "Of two contents of one version the first is kept.",
  "store.rollback.parallel": "Of many that write at once one wins, and the highest version stays.",
  "store.rollback.keys": "Each stream has a state of its own, whatever stands in its name.",
  "store.rollback.lasts": "What was kept is there in another process.",
  "store.rollback.seen": "A store keeps the last time seen, and never an earlier one after it.",
  "stores.clock":
    "By a clock more than five minutes behind the last time seen no tool that writes runs, and an event says so.",
  "stores.crash":
    "A process that is killed while it writes leaves a state that is whole and never older.",
  "stores.damaged":
    "A state that was lost, damaged or made by a newer version is never a fresh start.",
  "stores.away":
    "Where the database is gone nothing runs that needs it, and it runs again when the database is back.",
  "stores.apart": "Two prefixes in one database share nothing.",
  "stores.migration":
    "Tables are made once, by however many processes at once, and never made again.",
  "stores.privilege":
    "The documented grants are enough to run, and let nothing be removed from rollback state.",
  "stores.rollback.shared": "A bundle that one process has seen is not older again for another.",
  "stores.approval.shared": "What is asked in one process is answered in another, and runs once.",
  "stores.limit.shared":
    "A limit that several processes share is never passed by all of them together.",
  "stores.sqlite.missing": "Where Node has no SQLite, a sentence says which Node has.",
  "stores.sqlite.private": "The file of a database is readable to its owner alone.",
});

import type { Command } from "./command.ts";

/** A command in the list: its sentence, and how it is loaded. */
export interface CommandEntry {
  readonly summary: string;
  /** Loaded when it is called, so that `--help` does not wait for a compiler. */
  load(): Promise<Command>;
}

/** All commands by name, in the order in which a newcomer needs them. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  init: {
    summary: "Makes a project: a starter policy, tests, keys, a trust root",
    load: async () => (await import("./commands/init.ts")).init,
  },
  check: {
    summary: "Says what is wrong or doubtful in a policy",
    load: async () => (await import("./commands/check.ts")).check,
  },
  test: {
    summary: "Runs the tests of a policy",
    load: async () => (await import("./commands/test.ts")).test,
  },
  explain: {
    summary: "Says why a call is allowed or not, rule by rule",
    load: async () => (await import("./commands/explain.ts")).explain,
  },
  diff: {
    summary: "Says what changes between two policies, looser or stricter",
    load: async () => (await import("./commands/diff.ts")).diff,
  },
  replay: {
    summary: "Sends recorded calls through a policy",
    load: async () => (await import("./commands/replay.ts")).replay,
  },
  import: {
    summary: "Makes a policy of another framework's rules",
    load: async () => (await import("./commands/import.ts")).importPolicy,
  },
  fmt: {
    summary: "Writes policy files canonically",
    load: async () => (await import("./commands/fmt.ts")).fmt,
  },
  types: {
    summary: "Prints TypeScript types of the declared tools",
    load: async () => (await import("./commands/types.ts")).types,
  },
  "schema policy": {
    summary: "Prints the JSON Schema of policy files, for editors",
    load: async () => (await import("./commands/schema.ts")).schemaPolicy,
  },
  "schema test": {
    summary: "Prints the JSON Schema of policy tests, for editors",
    load: async () => (await import("./commands/schema.ts")).schemaTest,
  },
  "schema import": {
    summary: "Makes the `tools:` section from JSON Schema, MCP tools/list or zod",
    load: async () => (await import("./commands/schema-import.ts")).schemaImport,
  },
  "tools pin": {
    summary: "Pins the definitions of tools, so that a changed tool is denied",
    load: async () => (await import("./commands/tools-pin.ts")).toolsPin,
  },
  "tools diff": {
    summary: "Says which tools are not the ones that were pinned, and in what",
    load: async () => (await import("./commands/tools-diff.ts")).toolsDiff,
  },
  "tools approve": {
    summary: "Shows what changed in tools, and pins them as they are now",
    load: async () => (await import("./commands/tools-approve.ts")).toolsApprove,
  },
  coverage: {
    summary: "Says which tools of a program are enforced, by importing its entry module",
    load: async () => (await import("./commands/coverage.ts")).coverage,
  },
  dev: {
    summary: "Checks, tests and signs at each save, and runs your program on it",
    load: async () => (await import("./commands/dev.ts")).dev,
  },
  build: {
    summary: "Compiles the policy into the payload of a bundle",
    load: async () => (await import("./commands/build.ts")).build,
  },
  sign: {
    summary: "Signs a payload, or adds a signature",
    load: async () => (await import("./commands/sign.ts")).sign,
  },
  verify: {
    summary: "Checks a bundle as a host does, and shows each check",
    load: async () => (await import("./commands/verify.ts")).verify,
  },
  "status sign": {
    summary: "Makes the next status document: current bundles, revocations, the kill switch",
    load: async () => (await import("./commands/status-sign.ts")).statusSign,
  },
  "status show": {
    summary: "Shows a status document, and whether a host would take it",
    load: async () => (await import("./commands/status-show.ts")).statusShow,
  },
  "status publish": {
    summary: "Puts a signed status where hosts read it",
    load: async () => (await import("./commands/status-publish.ts")).statusPublish,
  },
  lock: {
    summary: "Writes the lockfile: the bundles that a deployment holds at least",
    load: async () => (await import("./commands/lock.ts")).lock,
  },
  inspect: {
    summary: "Shows what is in a bundle, payload, trust root or key, unverified",
    load: async () => (await import("./commands/inspect.ts")).inspect,
  },
  keygen: {
    summary: "Makes a key",
    load: async () => (await import("./commands/keygen.ts")).keygen,
  },
  "trust init": {
    summary: "Makes the first trust root and prints its pin",
    load: async () => (await import("./commands/trust-init.ts")).trustInit,
  },
  "trust show": {
    summary: "Shows keys, roles, ends and pin of a trust root, and who must still sign it",
    load: async () => (await import("./commands/trust-show.ts")).trustShow,
  },
  "trust rotate": {
    summary: "Makes the next trust root: a new end, new keys",
    load: async () => (await import("./commands/trust-rotate.ts")).trustRotate,
  },
  "trust add-key": {
    summary: "Makes the next trust root, with one more key in a role",
    load: async () => (await import("./commands/trust-keys.ts")).trustAddKey,
  },
  "trust remove-key": {
    summary: "Makes the next trust root, without a key in a role",
    load: async () => (await import("./commands/trust-keys.ts")).trustRemoveKey,
  },
  "trust revoke": {
    summary: "Makes the next trust root, in which a key counts for nothing",
    load: async () => (await import("./commands/trust-keys.ts")).trustRevoke,
  },
  "trust sign": {
    summary: "Adds a root key's signature to a trust root",
    load: async () => (await import("./commands/trust-sign.ts")).trustSign,
  },
};

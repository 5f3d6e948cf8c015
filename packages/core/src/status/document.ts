import { instant, sha256Digest } from "../bundle/payload-check.ts";
import { type Check, closed, found, optional, place, quote, refuse } from "../policy/shape.ts";
import { integer, listOf, mapOf, name, oneOf, setOf, text } from "../policy/shape-values.ts";

/**
 * What a status document says: which bundle of each stream is current, what is revoked, and what is switched off. It
 * can freeze, revoke and kill; no field of it can allow anything.
 */
export interface StatusDocument {
  readonly format: 1;
  /** Grows by audience; an older one is refused. At least 1. */
  readonly version: number;
  /** The environments it is made for. Not empty, no `*`. */
  readonly audience: readonly string[];
  /** `YYYY-MM-DDThh:mm:ssZ`. */
  readonly issued: string;
  /** `YYYY-MM-DDThh:mm:ssZ`, at most 7 days after `issued`. */
  readonly expires: string;
  /** The current bundle of each stream. A bundle of a stream that is not listed is refused. */
  readonly streams: { readonly [id: string]: CurrentBundle };
  readonly revoked: {
    /** Digests: lower-case hexadecimal SHA-256 of the payload. */
    readonly bundles: readonly string[];
    /** RFC 7638 thumbprints: their signatures count no more, on bundles and on later status documents. */
    readonly keys: readonly string[];
  };
  readonly kill: KillSwitch;
  /** How often hosts look for the next one, in seconds, where that is sooner than they would. */
  readonly refresh?: number;
}

/** See {@link StatusDocument.streams}. */
export interface CurrentBundle {
  readonly version: number;
  /** Lower-case hexadecimal SHA-256 of the payload. */
  readonly digest: string;
  /** A bundle below it is refused at once, also one that is in force. */
  readonly minVersion?: number;
}

/** What is switched off. Each list adds to the others; nothing in it means that nothing is. */
export interface KillSwitch {
  /** Every call. */
  readonly all?: true;
  /** Names of tools; `*` stands for any characters. */
  readonly tools?: readonly string[];
  /** Ids of agents, and with them whoever acts for them. */
  readonly agents?: readonly string[];
  readonly tenants?: readonly string[];
  /** Ids of sessions, whatever their tenant. */
  readonly sessions?: readonly string[];
  /** For the records. */
  readonly reason?: string;
}

const MAX_STREAMS = 1_000;
const MAX_REVOKED = 10_000;
const MAX_KILLED = 256;
const MAX_ID = 1_024;

const keyid: Check<string> = (value, at) =>
  typeof value === "string" && /^[A-Za-z0-9_-]{43}$/.test(value)
    ? value
    : refuse(at, `expected an RFC 7638 thumbprint, found ${found(value)}`);

/** A question mark or a bracket would be a character like any other here: who writes one means something else. */
const toolGlob: Check<string> = (value, at) =>
  typeof value === "string" && /^[A-Za-z0-9_.:/*-]{1,128}$/.test(value)
    ? value
    : refuse(
        at,
        `expected the name of a tool, with \`*\` for any characters; found ${found(value)}`,
      );

const everything: Check<true> = (value, at) =>
  value === true ? value : refuse(at, `is true or left out; found ${found(value)}`);

/** Ids are whatever the host's tickets say, so any text but an empty one, which would kill nobody. */
const id: Check<string> = (value, at) => {
  const checked = text(MAX_ID)(value, at);
  return checked === "" ? refuse(at, `${quote(checked)} names nobody`) : checked;
};

const currentBundle = closed<CurrentBundle>({
  version: integer(1),
  digest: sha256Digest,
  minVersion: optional(integer(1)),
});

const killSwitch = closed<KillSwitch>({
  all: optional(everything),
  tools: optional(setOf(toolGlob, 1, MAX_KILLED)),
  agents: optional(setOf(id, 1, MAX_KILLED)),
  tenants: optional(setOf(id, 1, MAX_KILLED)),
  sessions: optional(setOf(id, 1, MAX_KILLED)),
  reason: optional(text(512)),
});

const documentFields = closed<StatusDocument>(
  {
    format: oneOf([1]),
    version: integer(1),
    audience: setOf(name, 1, 100),
    issued: instant,
    expires: instant,
    streams: mapOf(name, currentBundle, MAX_STREAMS),
    revoked: closed<StatusDocument["revoked"]>({
      bundles: listOf(sha256Digest, 0, MAX_REVOKED),
      keys: listOf(keyid, 0, MAX_REVOKED),
    }),
    kill: killSwitch,
    refresh: optional(integer(1, 3_600)),
  },
  { audience: "ERR_STATUS_AUDIENCE", issued: "ERR_STATUS_DATES", expires: "ERR_STATUS_DATES" },
);

/**
 * Checks a parsed status document on its own: closed fields, nothing inherited.
 *
 * @throws ERR_STATUS, ERR_STATUS_AUDIENCE, ERR_STATUS_DATES
 */
export function checkStatusDocument(value: unknown): StatusDocument {
  return documentFields(value, place("status", "ERR_STATUS"));
}

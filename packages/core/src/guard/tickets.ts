import { InterlatchError } from "../errors/errors.ts";
import type { Json, JsonObject } from "../snapshot/json.ts";
import { emptyImage, takeSnapshot } from "../snapshot/snapshot.ts";
import {
  type Agent,
  type Identity,
  MOST_DELEGATORS,
  type Ticket,
  type TicketOptions,
} from "./identity.ts";

/** What a ticket stands for: frozen images, taken when it was made. */
export interface RunIdentity {
  readonly agent: Principal;
  /** The agents that it acts for in their turn, the nearest first. What one of them may not, it may not either. */
  readonly delegation: readonly Principal[];
  readonly user: Principal | undefined;
  readonly tenant: string | undefined;
  readonly session: string;
  /** Tenant and session in one. JSON, so that no name can be written so that two keys become one. */
  readonly sessionKey: string;
  /** Whether the host named the session; a review needs one. */
  readonly namedSession: boolean;
  readonly facts: JsonObject;
  readonly context: JsonObject;
  /** The user's words, for conditions on provenance. */
  readonly said: readonly string[];
}

/** The tickets of one guard. A ticket of another guard, or one rebuilt from JSON, is none. */
export interface Tickets {
  issue(identity: Identity, options: TicketOptions): Ticket;
  /** The ticket of an agent to which the agent of another ticket hands on work. */
  delegate(ticket: Ticket, agent: Agent): Ticket;
  find(ticket: unknown): RunIdentity | undefined;
}

/** A ticket book. Tickets are kept weakly: they end with the run that holds them. */
export function createTickets(): Tickets {
  const known = new WeakMap<object, RunIdentity>();
  const ticketOf = (run: RunIdentity): Ticket => {
    // Nothing on it: whoever copies or serialises it has an empty object.
    const ticket = Object.freeze(Object.create(null)) as Ticket;
    known.set(ticket, run);
    return ticket;
  };
  const find = (ticket: unknown): RunIdentity | undefined =>
    typeof ticket === "object" && ticket !== null ? known.get(ticket) : undefined;
  return {
    issue: (identity, options) => ticketOf(readIdentity(identity, options)),
    delegate(ticket, to) {
      const run = find(ticket);
      if (run === undefined) throw malformed("ticket", "one of this guard");
      const { agent } = readIdentity({ agent: to }, {});
      // Two that hand work to and fro make no endless chain: what one may not is asked about once.
      const text = JSON.stringify(agent);
      const before = [run.agent, ...run.delegation].filter((one) => JSON.stringify(one) !== text);
      return ticketOf({ ...run, agent, delegation: readDelegation(before) });
    },
    find,
  };
}

const NOTHING: JsonObject = Object.freeze(emptyImage());

function readIdentity(identity: Identity, { said = [] }: TicketOptions): RunIdentity {
  const image = typeof identity === "object" ? takeSnapshot(identity) : "arguments_not_json";
  if (typeof image === "string") {
    throw new InterlatchError("ERR_IDENTITY", "The identity is not plain JSON.");
  }
  const whole = image.image;
  const tenant = readText(whole, "tenant");
  const named = readText(whole, "session");
  const session = named ?? `run:${globalThis.crypto.randomUUID()}`;
  return {
    agent: readAgent(whole["agent"], "agent"),
    delegation: readDelegation(whole["delegation"] ?? []),
    user: readPrincipal(whole["user"], "user"),
    tenant,
    session,
    sessionKey: JSON.stringify([tenant ?? null, session]),
    namedSession: named !== undefined,
    facts: readObject(whole, "facts"),
    context: readObject(whole, "context"),
    said: Object.freeze(said.map(String)),
  };
}

type Principal = JsonObject & { readonly id: string };

function readPrincipal(value: Json | undefined, name: string): Principal | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw malformed(name, "an object");
  const id = (value as JsonObject)["id"];
  if (typeof id !== "string" || id === "") throw malformed(`${name}.id`, "a text, not empty");
  return value as Principal; // its id was just checked
}

/** Bounded, since each of them is asked about each call. */
function readDelegation(value: Json): readonly Principal[] {
  if (Array.isArray(value) && value.length <= MOST_DELEGATORS) {
    return Object.freeze(value.map((one) => readAgent(one, "delegation")));
  }
  throw malformed("delegation", `a list of at most ${MOST_DELEGATORS} agents`);
}

function readAgent(value: Json | undefined, name: string): Principal {
  const agent = readPrincipal(value, name);
  if (agent === undefined) {
    throw new InterlatchError(
      "ERR_IDENTITY",
      `The identity names no agent: give \`${name}: { id }\`.`,
    );
  }
  const roles = agent["roles"];
  // Conditions that say `agent.role` read the list of roles, so a single one beside it would go unseen.
  if (Object.hasOwn(agent, "role"))
    throw malformed(`${name}.roles`, `a list; there is no \`${name}.role\``);
  if (roles === undefined) {
    return Object.freeze(
      Object.assign(emptyImage(), agent, { roles: Object.freeze([]) }),
    ) as Principal;
  }
  if (!Array.isArray(roles) || roles.some((role) => typeof role !== "string")) {
    throw malformed(`${name}.roles`, "a list of texts");
  }
  return agent;
}

function readText(whole: JsonObject, name: string): string | undefined {
  const value = whole[name];
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value === "") throw malformed(name, "a text, not empty");
  return value;
}

function readObject(whole: JsonObject, name: string): JsonObject {
  const value = whole[name];
  if (value === undefined) return NOTHING;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformed(name, "an object");
  }
  return value as JsonObject; // neither null nor a list
}

function malformed(name: string, expected: string): InterlatchError {
  return new InterlatchError("ERR_IDENTITY", `The identity's \`${name}\` must be ${expected}.`);
}

import { InterlatchError } from "../errors/errors.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { emptyImage, takeSnapshot } from "../snapshot/snapshot.ts";
import type { Identity, Ticket, TicketOptions } from "./identity.ts";

/** What a ticket stands for: frozen images, taken when it was made. */
export interface RunIdentity {
  readonly agent: JsonObject & { readonly id: string };
  readonly user: (JsonObject & { readonly id: string }) | undefined;
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
  find(ticket: unknown): RunIdentity | undefined;
}

/** A ticket book. Tickets are kept weakly: they end with the run that holds them. */
export function createTickets(): Tickets {
  const known = new WeakMap<object, RunIdentity>();
  return {
    issue(identity, options) {
      const run = readIdentity(identity, options);
      // Nothing on it: whoever copies or serialises it has an empty object.
      const ticket = Object.freeze(Object.create(null)) as Ticket;
      known.set(ticket, run);
      return ticket;
    },
    find: (ticket) =>
      typeof ticket === "object" && ticket !== null ? known.get(ticket) : undefined,
  };
}

const NOTHING: JsonObject = Object.freeze(emptyImage());

function readIdentity(identity: Identity, { said = [] }: TicketOptions): RunIdentity {
  const image = typeof identity === "object" ? takeSnapshot(identity) : "arguments_not_json";
  if (typeof image === "string") {
    throw new InterlatchError("ERR_IDENTITY", "The identity is not plain JSON.");
  }
  const whole = image.image;
  const agent = readPrincipal(whole, "agent");
  if (agent === undefined) {
    throw new InterlatchError("ERR_IDENTITY", "The identity names no agent: give `agent: { id }`.");
  }
  // To leave it out silently would give the last agent more than those before it may do.
  if (whole["delegation"] !== undefined) {
    throw new InterlatchError("ERR_IDENTITY", "The identity's `delegation` is not supported yet.");
  }
  const tenant = readText(whole, "tenant");
  const named = readText(whole, "session");
  const session = named ?? `run:${globalThis.crypto.randomUUID()}`;
  return {
    agent: withRoles(agent),
    user: readPrincipal(whole, "user"),
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

function readPrincipal(whole: JsonObject, name: "agent" | "user"): Principal | undefined {
  const value = whole[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw malformed(name, "an object");
  const id = (value as JsonObject)["id"];
  if (typeof id !== "string" || id === "") throw malformed(`${name}.id`, "a text, not empty");
  return value as Principal; // its id was just checked
}

function withRoles(agent: Principal): Principal {
  const roles = agent["roles"];
  // Conditions that say `agent.role` read the list of roles, so a single one beside it would go unseen.
  if (Object.hasOwn(agent, "role"))
    throw malformed("agent.roles", "a list; there is no `agent.role`");
  if (roles === undefined) {
    return Object.freeze(
      Object.assign(emptyImage(), agent, { roles: Object.freeze([]) }),
    ) as Principal;
  }
  if (!Array.isArray(roles) || roles.some((role) => typeof role !== "string")) {
    throw malformed("agent.roles", "a list of texts");
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

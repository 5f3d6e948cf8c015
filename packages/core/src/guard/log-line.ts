import type { AuditSink } from "../audit/record.ts";
import type { DecisionCode } from "../decision/codes.ts";
import type { Would } from "../decision/decision.ts";
import type { Emitter } from "./emitter.ts";
import type { GuardEvents, Logger } from "./events.ts";
import { printable } from "./printable.ts";

/** What is told of a decision. */
type Told = GuardEvents["decision"];

/** Writes a line for each bundle that takes over, is refused, or should be followed by another. */
export function logBundles(emitter: Emitter, logger: Logger): void {
  emitter.on("bundle.loaded", ({ bundle, mode, source, shadow }) => {
    const fields = { bundle, source };
    const named = `policy ${bundle.id} version ${bundle.version}`;
    if (shadow) logger.info(fields, `${named} is watched in shadow`);
    else if (mode === "enforce") logger.debug(fields, `${named} is in force`);
    else logger.warn(fields, `${named} is in shadow: NOTHING IS ENFORCED`);
  });
  emitter.on("bundle.rejected", ({ code, message, source }) => {
    logger.warn({ code, source }, message);
  });
  emitter.on("bundle.expiring", ({ bundle, expires }) => {
    const named = `policy ${bundle.id} version ${bundle.version}`;
    logger.warn({ bundle }, `${named} ends ${expires}, and no later one has come`);
  });
}

/**
 * Writes a line for each denial, and for each call that a policy in shadow would have treated in another way. A module
 * of its own, loaded where the host has a logger.
 */
export function logDecisions(emitter: Emitter, logger: Logger, audit: AuditSink): void {
  // A sink is code of the host's: what it says here must not make a denial throw later.
  const place = typeof audit.place === "string" ? audit.place : undefined;
  emitter.on("decision", (told) => {
    if (told.decision.effect === "deny") logger.info(fieldsOf(told), denialLine(told, place));
  });
  emitter.on("shadow.differs", (told) => {
    logger.info(fieldsOf(told), shadowLine(told.call, told.tool, told.decision.would));
  });
}

function fieldsOf({ call, tool, agent, decision }: Told): object {
  const { effect, code, rule, bundle } = decision;
  return { call, tool, agent, effect, code, rule, bundle: bundle?.digest };
}

/** What to do about a denial that no rule is to blame for, but something the host has not set up. */
const ADVICE: { readonly [Code in DecisionCode]?: string } = {
  identity_required: "give the run a ticket of this guard: guard.for(…)",
  session_required: "name a session in guard.for(…)",
  review_unavailable: "give the guard onReview or reviewTimeout, or the graph a checkpointer",
  no_bundle: "guard.status() says why",
  unknown_tool: "declare it under tools: in the policy",
  tool_changed: "interlatch tools diff shows how",
  cannot_wait: "say that the tool streams",
};

/**
 * One line for a denial, with where its rule stands, or what to do about it:
 * `denied refund · no_match · call c1 · policy.yaml:23 · interlatch explain c1 --audit audit/`.
 *
 * @param place - where the records can be read; `undefined`: nowhere but in this process, so nothing can explain them
 */
function denialLine({ call: id, tool, decision }: Told, place: string | undefined): string {
  const parts = [`denied ${printable(tool)}`, decision.code];
  if (id !== null) parts.push(`call ${printable(id)}`);
  if (decision.code === "invalid_arguments") parts.push(faultOf(decision.reason));
  if (decision.at !== null) parts.push(`${decision.at.file}:${decision.at.line}`);
  const advice = ADVICE[decision.code];
  if (advice !== undefined) parts.push(advice);
  if (id !== null && place !== undefined) {
    const audit = isDefaultPlace(place) ? "" : ` --audit ${printable(place)}`;
    parts.push(`interlatch explain ${commandWord(id)}${audit}`);
  }
  return parts.join(" · ");
}

/** People copy the command. An id is the model's: whatever a shell could read as more than a word is left to be filled in. */
function commandWord(id: string): string {
  return /^[\w.:/@+][\w.:/#@+-]{0,127}$/.test(id) ? id : "ID";
}

/** Where `interlatch explain` looks by itself. */
function isDefaultPlace(place: string): boolean {
  return place.replace(/^\.[\\/]/, "").replace(/[\\/]+$/, "") === ".interlatch/audit";
}

/** One line for a call that a policy in shadow would have treated in another way. */
function shadowLine(id: string | null, tool: string, would: Would): string {
  const parts = [`shadow: would ${would.effect} ${printable(tool)}`, would.code];
  if (id !== null) parts.push(`call ${printable(id)}`);
  if (would.at !== null) parts.push(`${would.at.file}:${would.at.line}`);
  return parts.join(" · ");
}

/** Which argument, and what it must be; never its value. Its name may be the model's own. */
function faultOf(reason: string): string {
  const fault = reason.slice(reason.indexOf(": ") + 2);
  return /^[\w .,:/#@+'"()[\]-]{1,200}$/.test(fault) ? fault : JSON.stringify(fault.slice(0, 200));
}

import { InterlatchError } from "@interlatch/core";

/** The values that an option may have; whoever has no types gives what they like. */
const WORDS = {
  pending: ["ask", "deny"],
  format: ["langchain", "agent-inbox"],
  reviews: ["interrupt", "tool"],
} as const;

/**
 * Checks what a host hands over beside its tools, while whoever made a mistake can still be told: later it would be a
 * denial of every call, or answers that never count. Throws `ERR_OPTIONS`.
 *
 * @param by - the function that it was handed to
 */
export function checkGiven(by: string, guard: unknown, options: object): void {
  if (!isObject(guard) || typeof Reflect.get(guard, "run") !== "function") {
    throw wrong(
      `The first argument of ${by} must be a guard. \`createGuard\` gives a promise of one: await it.`,
    );
  }
  for (const name of ["identify", "reviewer"]) {
    const given: unknown = Reflect.get(options, name);
    if (given === undefined || typeof given === "function") continue;
    throw wrong(
      `\`${name}\` of ${by} must be a function of the run: ({ configurable }) => configurable?.["${name}"].`,
    );
  }
  for (const [name, words] of Object.entries(WORDS)) {
    const given: unknown = Reflect.get(options, name);
    if (given === undefined || words.some((word) => word === given)) continue;
    const allowed = words.map((word) => JSON.stringify(word)).join(" or ");
    throw wrong(`\`${name}\` of ${by} must be ${allowed}, or be left out.`);
  }
}

function wrong(message: string): InterlatchError {
  return new InterlatchError("ERR_OPTIONS", message);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

import type { Obligation } from "../decision/decision.ts";
import type { Verdict } from "../decision/verdict.ts";
import type { Fallback, Rule } from "../policy/ir.ts";

/** Gives what one stream says the stream's name. One object has one image: identity tells that two passes say the same. */
export interface Qualifier {
  /** @param fallback - of the tool or the policy, for a denial whose rule has none */
  verdict(verdict: Verdict, fallback: Fallback | undefined): Verdict;
  rule(rule: Rule): Rule;
}

/** Two streams may each have a rule `limit`: counters, records and people must not take one for the other. */
export function qualifierOf(stream: string): Qualifier {
  const named = (name: string): string => `${stream}/${name}`;
  const rule = once((from: Rule): Rule => Object.freeze({ ...from, name: named(from.name) }));
  const obligation = once((from: Obligation): Obligation =>
    Object.freeze({ ...from, rule: named(from.rule) }),
  );
  const verdict = once((from: Verdict): Verdict =>
    Object.freeze({
      ...from,
      rule: from.rule === null ? null : named(from.rule),
      rules: Object.freeze(
        from.rules.map((each) => Object.freeze({ ...each, name: named(each.name) })),
      ),
      obligations: Object.freeze(from.obligations.map(obligation)),
      deciding: from.deciding === null ? null : rule(from.deciding),
      reviews: Object.freeze(from.reviews.map(rule)),
    }),
  );
  return {
    rule,
    verdict: (from, fallback) => {
      const made = verdict(from);
      if (fallback === undefined || made.effect !== "deny") return made;
      if (made.deciding?.fallback !== undefined) return made;
      return Object.freeze({ ...made, deciding: { ...(made.deciding ?? NO_RULE), fallback } });
    },
  };
}

/** Stands where no rule decided, and carries the fallback of the stream that denies. */
const NO_RULE: Rule = Object.freeze({
  name: "",
  tools: Object.freeze([]),
  action: "deny",
  at: Object.freeze({ file: "", line: 0 }),
});

function once<From extends object, To>(make: (from: From) => To): (from: From) => To {
  const known = new WeakMap<From, { readonly to: To }>();
  return (from) => {
    const before = known.get(from);
    if (before !== undefined) return before.to;
    const to = make(from);
    known.set(from, { to });
    return to;
  };
}

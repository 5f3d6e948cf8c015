import type { OurAnswer } from "./engines.ts";
import type { Question } from "./generate.ts";

/** Where our answer may differ from one that two other engines agree on, and why ours is the one we want. */
export interface Deviation {
  readonly name: string;
  readonly why: string;
  applies(question: Question, ours: OurAnswer): boolean;
}

/** All of them. Whatever none of them explains is a fault. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    name: "has-of-no-object",
    why: "`has(x.f)` is an error where x is no object: false would take a call of the wrong shape for one without the field.",
    applies: erring(/^has: .* is not an object$/),
  },
  {
    name: "key-of-another-kind",
    why: "`5 in object` is an error: false would let `id in blocked` pass when the id comes as a number.",
    applies: erring(/^compare: the keys of an object are texts$/),
  },
  {
    name: "not-finite",
    why: "Infinity and NaN are errors: `!(x <= limit)` is true of NaN.",
    applies: erring(/^arithmetic: the result is not a finite number$/),
  },
  {
    name: "first-years",
    why: "The year 1 is 1; the others go by a Date that takes it for 1901.",
    applies: ({ expression }) =>
      /"0001-/.test(expression.ours) && /\.get[A-Z]/.test(expression.ours),
  },
  {
    name: "order-of-texts",
    why: "Texts are ordered by code point, as CEL says; the others go by UTF-16 unit.",
    applies: ({ expression, bindings }) => {
      const texts = expression.ours + JSON.stringify(bindings);
      return (
        /[<>]/.test(expression.ours) &&
        /[\ud800-\udfff]|\\ud[89a-f]/.test(texts) &&
        /[\ue000-\uffff]/.test(texts)
      );
    },
  },
];

/** An error of ours that some part gave and that nothing absorbed. */
function erring(reason: RegExp): Deviation["applies"] {
  return (_question, { is, met }) => is === "error" && met.some((one) => reason.test(one));
}

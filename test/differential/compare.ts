import { DEVIATIONS } from "./deviations.ts";
import { askBufbuild, askMarcbachmann, askOurs } from "./engines.ts";
import { question } from "./generate.ts";

/** What came of one question. */
export type Comparison =
  /** We say what both others say. */
  | { readonly kind: "same"; readonly answer: string }
  /** The others do not agree with each other, or one of them does not take the question. */
  | { readonly kind: "open" }
  /** We say something else, for a written reason. */
  | { readonly kind: "deviation"; readonly name: string }
  | { readonly kind: "fault"; readonly lines: readonly string[] };

/** Asks all three engines the question of a seed. */
export async function compare(seed: number): Promise<Comparison> {
  const asked = question(seed);
  const { expression, bindings } = asked;
  const ours = await askOurs(expression.ours, bindings);
  const others = [
    askMarcbachmann(expression.theirs, bindings),
    askBufbuild(expression.theirs, bindings),
  ] as const;
  const [one, other] = others;
  if (ours.is !== "none") {
    if (one.is !== other.is || one.is === "none") return { kind: "open" };
    if (ours.is === one.is) return { kind: "same", answer: ours.is };
    const deviation = DEVIATIONS.find(({ applies }) => applies(asked, ours));
    if (deviation !== undefined) return { kind: "deviation", name: deviation.name };
  }
  return {
    kind: "fault",
    lines: [
      `seed ${seed}: ${expression.ours}`,
      `  for the others: ${expression.theirs}`,
      `  with ${JSON.stringify(bindings)}`,
      `  we: ${ours.is} ${ours.why}`,
      `  cel-js: ${one.is} ${one.why.split("\n", 1)[0]}`,
      `  cel-es: ${other.is} ${other.why}`,
    ],
  };
}

import type { Judged } from "./judge.ts";

/**
 * One line for a denial, with where its rule stands:
 * `denied refund · no_match · call c1 · policy.yaml:23 · interlatch explain c1`.
 */
export function denialLine({ id, tool, decision }: Judged): string {
  const parts = [`denied ${printable(tool)}`, decision.code];
  if (id !== null) parts.push(`call ${printable(id)}`);
  if (decision.at !== null) parts.push(`${decision.at.file}:${decision.at.line}`);
  if (id !== null) parts.push(`interlatch explain ${printable(id)}`);
  return parts.join(" · ");
}

/** Names come from a model: a newline or an escape in one must not write a line of its own into a log. */
function printable(text: string): string {
  const short = text.length > 128 ? `${text.slice(0, 128)}…` : text;
  return /^[\w.:/#@+-]+…?$/.test(short) ? short : JSON.stringify(short);
}

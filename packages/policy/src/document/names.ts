import { shown } from "../diagnostics/words.ts";

/** Names of tools, rules and agent profiles: what stands in records and counters, so plain ASCII. */
export const NAME: RegExp = /^[A-Za-z0-9_.:/-]{1,128}$/;

/** Says that a text is no {@link NAME}. */
export function nameRefusal(text: string, what: string): string {
  return `\`${shown(text)}\` is no name of ${what}: 1 to 128 of A-Z, a-z, 0-9, \`_\`, \`.\`, \`:\`, \`/\`, \`-\`.`;
}

/** Names of conditions in `define`: identifiers of the condition language. */
export const IDENTIFIER: RegExp = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** The id of a policy: the stream of its bundles and a part of their file names. */
export const POLICY_ID: RegExp = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

import { checkPolicy, type Diagnostic } from "@interlatch/policy";

/**
 * The beginning of a policy without a fault; rules and what else follow on line 7. Of its tools `t` has a class of data
 * and `u` has none.
 */
export const SOUND_HEAD = `interlatch: 1
id: x
agents: { all: { when: "true", tools: "*" } }
tools:
  t: { operation: read, data: internal, resources: none, default: allow }
  u: { operation: read, resources: none, default: allow }
`;

/** The warnings of a policy that builds. */
export async function findingsOf(text: string, now?: number): Promise<readonly Diagnostic[]> {
  const result = await checkPolicy(
    { files: [{ path: "p.yaml", text }] },
    now === undefined ? {} : { now },
  );
  if (!result.ok) {
    const errors = result.errors.map(({ line, column, message }) => `${line}:${column} ${message}`);
    throw new Error(errors.join("\n"));
  }
  return result.warnings;
}

/** The same as lines: place, code, message. */
export async function warningsOf(text: string, now?: number): Promise<readonly string[]> {
  const findings = await findingsOf(text, now);
  return findings.map(({ line, column, code, message }) => `${line}:${column} ${code}: ${message}`);
}

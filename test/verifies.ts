import { it } from "vitest";
import { requirement } from "@interlatch/conformance";

/**
 * A test that proves a requirement of the manifest. One that is known to fail runs inverted: when it is
 * mended the test breaks until its entry goes.
 *
 * @param id - of the requirement; the gate in `requirements.test.ts` refuses unknown ones
 * @param title - a sentence
 */
export function verifies(id: string, title: string, body: () => void | Promise<void>): void {
  const inverted = requirement(id)?.knownFailure !== undefined;
  (inverted ? it.fails : it)(`[${id}] ${title}`, body);
}

import type { BundleSource } from "../bundle/source.ts";
import type { Logger } from "./events.ts";
import { textOf } from "./host-parts.ts";

/**
 * Listens to a source that can say when it changed. One that cannot be watched is no reason to refuse the bundle
 * it holds: the guard goes on, and reads again when `guard.reload()` asks it to.
 *
 * @returns what ends it; never throws
 */
export function watchSource(
  source: Pick<BundleSource, "name" | "watch">,
  changed: () => void,
  logger: Logger | undefined,
): () => void {
  if (source.watch === undefined) return () => undefined;
  try {
    return source.watch(changed);
  } catch (error) {
    const why = textOf(error);
    logger?.warn(
      { source: source.name },
      `${source.name} cannot be watched: ${why}. What is new there is seen when the guard reloads.`,
    );
    return () => undefined;
  }
}

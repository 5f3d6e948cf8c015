import { resolve } from "node:path";
import { wrongUse } from "./arguments.ts";
import { findConfig, inProject } from "./config.ts";
import { exists, readBytes } from "./files.ts";
import type { Io } from "./io.ts";

/** A trust root as it is named on the command line. Nothing in it is verified. */
export interface PinnedRoot {
  readonly trust: Uint8Array;
  /** `sha256:HEX` */
  readonly pin: string;
}

/**
 * Reads the trust root that `--trust FILE#sha256:HEX` names. A pin alone is of the trust root that the project's
 * config names.
 *
 * @throws ERR_OPTIONS when it is missing, or lacks its pin
 * @throws ERR_FILE
 */
export async function readPinnedRoot(io: Io, given: string | undefined): Promise<PinnedRoot> {
  const form = "--trust trust.json#sha256:<64 hexadecimal digits>";
  if (given === undefined) throw wrongUse(`${form} is missing.`);
  const [, named, pin] = /^(?:(.+)#)?(sha256:[0-9a-f]{64})$/.exec(given) ?? [];
  const file = named ?? (pin === undefined ? undefined : await projectRoot(io));
  if (file === undefined || pin === undefined) {
    const noPin = (await exists(resolve(io.cwd, given)))
      ? " A root without its pin proves nothing."
      : "";
    throw wrongUse(`The trust root is named with its pin: ${form}.${noPin}`);
  }
  return { trust: await readBytes(resolve(io.cwd, file), file), pin };
}

async function projectRoot(io: Io): Promise<string | undefined> {
  const config = await findConfig(io, undefined);
  return config?.trust === undefined ? undefined : inProject(config, config.trust);
}

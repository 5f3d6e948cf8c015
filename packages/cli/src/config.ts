import { dirname, isAbsolute, resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import { exists, readText } from "./files.ts";
import { type FieldTypes, readFields } from "./config-fields.ts";
import type { Io } from "./io.ts";

/** The file that names what a project's policy is made of and what its bundle is for. */
export const CONFIG_FILE = "interlatch.config.json";

/** What stands in the config file. Paths are relative to it. */
export interface ConfigFields {
  /** The files of the policy; they are merged. */
  readonly policy: readonly string[];
  /** The files of its tests. */
  readonly tests?: readonly string[];
  /** Whether a tool that only a rule names is an error. */
  readonly strict?: boolean;
  /** When it is there, the policy must have this id. */
  readonly id?: string;
  /** Grows with every bundle that is signed. */
  readonly version?: number;
  /** The environments the bundle is made for. */
  readonly audience?: readonly string[];
  /** `YYYY-MM-DDThh:mm:ssZ`, as the two that follow. */
  readonly notBefore?: string;
  readonly expires?: string;
  readonly created?: string;
  /** The change request it belongs to. */
  readonly change?: string;
  /** The folder that `build` writes to. */
  readonly out?: string;
  /** The trust root. */
  readonly trust?: string;
  /** The folder of private keys. */
  readonly keys?: string;
}

/** A project: its config and where it lies. */
export interface Config extends ConfigFields {
  /** As messages name it. */
  readonly file: string;
  /** The project's folder, absolute. */
  readonly folder: string;
}

const FIELDS: FieldTypes<ConfigFields> = {
  policy: { type: "texts", required: true },
  tests: { type: "texts" },
  strict: { type: "boolean" },
  id: { type: "text" },
  version: { type: "version" },
  audience: { type: "texts" },
  notBefore: { type: "instant" },
  expires: { type: "instant" },
  created: { type: "instant" },
  change: { type: "text" },
  out: { type: "text" },
  trust: { type: "text" },
  keys: { type: "text" },
};

/**
 * Reads the config of the project.
 *
 * @param given - the value of `--config`; default: `interlatch.config.json` in the working directory
 * @throws ERR_FILE when there is none
 * @throws ERR_CONFIG with everything that is wrong in it
 */
export async function readConfig(io: Io, given: string | undefined): Promise<Config> {
  const config = await findConfig(io, given);
  if (config !== undefined) return config;
  throw new InterlatchError(
    "ERR_FILE",
    `There is no ${CONFIG_FILE} here. \`interlatch init\` makes one; --config names one elsewhere.`,
  );
}

/** As {@link readConfig}; `undefined` where none was named and there is none. */
export async function findConfig(io: Io, given: string | undefined): Promise<Config | undefined> {
  const file = given ?? CONFIG_FILE;
  const path = resolve(io.cwd, file);
  if (given === undefined && !(await exists(path))) return undefined;
  const fields = readFields<ConfigFields>(await readText(path, file), file, FIELDS);
  return { ...fields, file, folder: dirname(path) };
}

/** The absolute path of something the config names. */
export function inProject({ folder }: Pick<Config, "folder">, path: string): string {
  return isAbsolute(path) ? path : resolve(folder, path);
}

/** A field that a command cannot do without. @throws ERR_CONFIG */
export function needed<Name extends keyof ConfigFields>(
  config: Config,
  name: Name,
): NonNullable<ConfigFields[Name]> {
  const value = config[name];
  if (value !== undefined && value !== null) return value;
  throw new InterlatchError("ERR_CONFIG", `${config.file} has no \`${name}\`, which this needs.`);
}

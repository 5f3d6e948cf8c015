import { mkdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import { readKeyFile } from "@interlatch/core/node";
import type { SigningKey } from "@interlatch/core/sign";
import { KEY_FOLDER } from "../commands/keygen.ts";
import { CONFIG_FILE, type ConfigFields } from "../config.ts";
import { instantOf } from "../config-fields.ts";
import { asFileError, exists, replaceFile, writeNew } from "../files.ts";
import { makeKey, makeKeyFolder } from "../new-keys.ts";
import { makeTrustRoot, ROOT_LIFE_MS } from "../trust-roots.ts";
import { starterPolicy, STARTER_TESTS } from "./policy.ts";

/** The files of a new project. Policy files may be written anew; all else is there once. */
export const PROJECT_FILES: Readonly<Record<ProjectFile, string>> = {
  policy: "policy.yaml",
  tests: "policy.test.yaml",
  config: CONFIG_FILE,
  trust: "trust.json",
  rootKey: `${KEY_FOLDER}/root.pem`,
  bundleKey: `${KEY_FOLDER}/bundle.pem`,
};

type ProjectFile = "policy" | "tests" | "config" | "trust" | "rootKey" | "bundleKey";
const ALL: readonly ProjectFile[] = ["policy", "tests", "config", "trust", "rootKey", "bundleKey"];
const KEPT: readonly ProjectFile[] = ["config", "trust", "rootKey", "bundleKey"];

/** A bundle may live 30 days; the starter uses them all. */
const BUNDLE_LIFE_MS = 30 * 86_400_000;

/** What a project is made with. */
export interface ProjectPlan {
  /** Absolute. */
  readonly folder: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly protection: { readonly passphrase?: string };
  /** Whether policy files that are there are written anew. */
  readonly force: boolean;
}

/** What was made. */
export interface Project {
  readonly id: string;
  readonly written: readonly string[];
  readonly kept: readonly string[];
  /** `sha256:HEX`; absent where the trust root was there before. */
  readonly pin?: string;
}

/**
 * Makes a project in a folder. Looks at everything before anything is written: a project that is half there would
 * otherwise get keys that its trust root does not name.
 *
 * @throws ERR_FILE when something is there that would be overwritten
 */
export async function makeProject(plan: ProjectPlan): Promise<Project> {
  const { folder, force } = plan;
  const present = await presentFiles(folder);
  refuseToOverwrite(present, force);
  const isKept = KEPT.some((file) => present.has(file));
  await asFileError(`${folder} cannot be made`, () => mkdir(folder, { recursive: true }));
  const id = idOf(folder);
  await writePolicy(plan, id);
  const policyFiles = [PROJECT_FILES.policy, PROJECT_FILES.tests];
  if (isKept) return { id, written: policyFiles, kept: KEPT.map((file) => PROJECT_FILES[file]) };
  const pin = await writeTrust(plan);
  await writeNew(join(folder, CONFIG_FILE), CONFIG_FILE, configText(plan.now));
  return { id, written: ALL.map((file) => PROJECT_FILES[file]), kept: [], pin };
}

async function presentFiles(folder: string): Promise<ReadonlySet<ProjectFile>> {
  const found = await Promise.all(
    ALL.map(async (file) => ((await exists(join(folder, PROJECT_FILES[file]))) ? [file] : [])),
  );
  return new Set(found.flat());
}

/** Nothing is overwritten; with `force` the policy files are, beside a project that is there whole. */
function refuseToOverwrite(present: ReadonlySet<ProjectFile>, force: boolean): void {
  const names = (files: readonly ProjectFile[]): string =>
    files.map((file) => PROJECT_FILES[file]).join(", ");
  const there = ALL.filter((file) => present.has(file));
  if (there.length === 0) return;
  if (!force) {
    throw new InterlatchError(
      "ERR_FILE",
      `Nothing is overwritten, and this is there already: ${names(there)}. --force writes the policy files anew.`,
    );
  }
  const kept = KEPT.filter((file) => present.has(file));
  if (kept.length === 0 || kept.length === KEPT.length) return;
  const missing = KEPT.filter((file) => !present.has(file));
  throw new InterlatchError(
    "ERR_FILE",
    `Keys, trust root and config belong together. There: ${names(kept)}; missing: ${names(missing)}. Nothing was written.`,
  );
}

async function writePolicy({ folder, force }: ProjectPlan, id: string): Promise<void> {
  const write = force ? replaceFile : writeNew;
  await write(join(folder, PROJECT_FILES.policy), PROJECT_FILES.policy, starterPolicy(id));
  await write(join(folder, PROJECT_FILES.tests), PROJECT_FILES.tests, STARTER_TESTS);
}

async function writeTrust({ folder, now, protection }: ProjectPlan): Promise<string> {
  await makeKeyFolder(join(folder, KEY_FOLDER), KEY_FOLDER);
  const root = await newKey(join(folder, PROJECT_FILES.rootKey), protection);
  const bundle = await newKey(join(folder, PROJECT_FILES.bundleKey), protection);
  const made = await makeTrustRoot({
    root: [{ publicJwk: root.publicJwk, signing: root }],
    bundle: [{ publicJwk: bundle.publicJwk }],
    rootThreshold: 1,
    bundleThreshold: 1,
    from: now,
    expires: now + ROOT_LIFE_MS,
  });
  await writeNew(join(folder, PROJECT_FILES.trust), PROJECT_FILES.trust, made.envelope);
  return made.pin;
}

/** Read back from its file, so that a key which cannot be opened again is noticed now. */
async function newKey(
  path: string,
  protection: { readonly passphrase?: string },
): Promise<SigningKey> {
  await makeKey(path, "Ed25519", protection);
  return readKeyFile(path, protection);
}

function configText(now: number): string {
  const fields: ConfigFields = {
    policy: [PROJECT_FILES.policy],
    tests: [PROJECT_FILES.tests],
    strict: true,
    version: 1,
    audience: ["dev-team"],
    notBefore: instantOf(now),
    expires: instantOf(now + BUNDLE_LIFE_MS),
    created: instantOf(now),
    out: ".",
    trust: PROJECT_FILES.trust,
    keys: KEY_FOLDER,
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

/** The folder's name as a policy's id, or a plain one where nothing of it may stand in an id. */
function idOf(folder: string): string {
  const id = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "")
    .slice(0, 128);
  return id === "" ? "my-policy" : id;
}

import { Reporter } from "../diagnostics/reporter.ts";
import { textsAt } from "../document/fields.ts";
import { utf8Length, YAML_LIMITS } from "../yaml/limits.ts";
import { readYaml } from "../yaml/read.ts";
import { SourceFile } from "../yaml/source.ts";
import { includePath, policyFileNames, rootOf } from "./paths.ts";

/** The text of one file of a policy. */
export interface PolicySource {
  /** As diagnostics and decisions name it; nothing is read from it. */
  readonly path: string;
  readonly text: string;
  /**
   * What each entry of the file's `include` came to, see {@link followIncludes}. An entry that is missing here is an
   * error: without what it names the policy would not be the one that was written.
   */
  readonly includes?: ReadonlyMap<string, IncludeOutcome>;
}

/** What an entry of `include` came to. */
export type IncludeOutcome =
  /** The paths of the files it stands for; `folder`: it names this folder. */
  | { readonly files: readonly string[]; readonly folder?: string }
  /** The sentence that says why it was not followed; `path`: where it would have led. */
  | { readonly refused: string; readonly path?: string };

/** What stands at a path. */
export type IncludeFound =
  /** `identity` tells files apart whatever path leads to them: the real path. */
  | { readonly kind: "file"; readonly identity: string; readonly text: string }
  | { readonly kind: "folder"; readonly names: readonly string[] }
  /** A whole sentence. */
  | { readonly kind: "refused"; readonly refused: string };

/**
 * Looks at what stands at a path. Refuses what lies outside of `root` once links are followed.
 *
 * @param path - in the naming of the policy's files, with `/`
 * @param root - a folder, in the same naming
 */
export type ReadInclude = (path: string, root: string) => Promise<IncludeFound>;

/** A file that a policy starts from. */
export interface IncludeStart {
  readonly path: string;
  readonly text: string;
  /** As in {@link IncludeFound}. Left out: the path. */
  readonly identity?: string;
}

/**
 * Follows `include` from the files a policy starts from and gives all its files. Each stands in the result once,
 * however often and in whatever circle it is included. Nothing throws here: what cannot be followed is noted in
 * {@link PolicySource.includes}, and `compilePolicy` reports it where it was written.
 *
 * An entry names a file, or a folder: then its own `*.yaml` and `*.yml` files, sorted by name, without tests and
 * without those of folders in it. Paths are relative to the file that names them and never lead out of the folder
 * that the starting file is named from.
 *
 * @example
 * ```ts
 * import { compilePolicy, followIncludes } from "@interlatch/policy";
 * const texts = new Map([["tools.yaml", "interlatch: 1\ntools: { read_order: { operation: read } }\n"]]);
 * const start = { path: "policy.yaml", text: "interlatch: 1\nid: desk\ninclude: tools.yaml\n" };
 * const files = await followIncludes([start], async (path) => {
 *   const text = texts.get(path);
 *   if (text === undefined) return { kind: "refused", refused: `There is no ${path}.` };
 *   return { kind: "file", identity: path, text };
 * });
 * const result = await compilePolicy({ files });
 * if (result.ok) console.log(Object.keys(result.policy.tools));
 * ```
 */
export async function followIncludes(
  starts: readonly IncludeStart[],
  read: ReadInclude,
): Promise<readonly PolicySource[]> {
  const follower = new Follower(read);
  for (const start of starts) follower.know(start);
  for (const { path, text } of starts) await follower.visit(path, text, rootOf(path));
  return follower.sources;
}

class Follower {
  readonly #read: ReadInclude;
  /** The path by which each file was reached first. */
  readonly #paths = new Map<string, string>();
  readonly #sources: PolicySource[] = [];
  #bytes = 0;

  constructor(read: ReadInclude) {
    this.#read = read;
  }

  get sources(): readonly PolicySource[] {
    return this.#sources;
  }

  know({ path, text, identity }: IncludeStart): void {
    this.#paths.set(identity ?? path, path);
    this.#bytes += utf8Length(text);
  }

  /** Takes a file in, then all that it includes: a file stands before what it includes. */
  async visit(path: string, text: string, root: string): Promise<void> {
    const place = this.#sources.push({ path, text }) - 1;
    const entries = entriesOf(path, text);
    if (entries.length === 0) return;
    const includes = new Map<string, IncludeOutcome>();
    this.#sources[place] = { path, text, includes };
    for (const entry of entries) includes.set(entry, await this.#follow(path, entry, root));
  }

  async #follow(from: string, entry: string, root: string): Promise<IncludeOutcome> {
    const wanted = includePath(from, entry, root);
    if (!wanted.ok) return { refused: wanted.refused };
    const { path } = wanted;
    const found = await this.#read(path, root);
    switch (found.kind) {
      case "refused":
        return { refused: found.refused, path };
      case "file":
        return this.#take(path, found, root);
      case "folder":
        return this.#folder(path, found.names, root);
    }
  }

  async #folder(path: string, names: readonly string[], root: string): Promise<IncludeOutcome> {
    const files: string[] = [];
    for (const name of policyFileNames(names)) {
      const inside = path === "." ? name : `${path}/${name}`;
      const found = await this.#read(inside, root);
      if (found.kind === "refused") return { refused: found.refused, path: inside };
      if (found.kind === "folder") continue;
      const taken = await this.#take(inside, found, root);
      if ("refused" in taken) return taken;
      files.push(...taken.files);
    }
    return files.length === 0
      ? { refused: `The folder \`${path}\` holds no file of a policy (\`*.yaml\`, \`*.yml\`).` }
      : { files, folder: path };
  }

  async #take(
    path: string,
    { identity, text }: Extract<IncludeFound, { kind: "file" }>,
    root: string,
  ): Promise<IncludeOutcome> {
    const before = this.#paths.get(identity);
    if (before !== undefined) return { files: [before] };
    if (this.#paths.size >= YAML_LIMITS.files)
      return { refused: `A policy has at most ${YAML_LIMITS.files} files; this is one more.` };
    this.#bytes += utf8Length(text);
    if (this.#bytes > YAML_LIMITS.policyBytes)
      return { refused: `With \`${path}\` the files of the policy are larger than 16 MiB.` };
    this.#paths.set(identity, path);
    await this.visit(path, text, root);
    return { files: [path] };
  }
}

/** What `include` names. A file that is no YAML includes nothing; compiling it says why. */
function entriesOf(path: string, text: string): readonly string[] {
  // Nearly all files of a large policy include nothing, and reading YAML takes its time.
  if (!text.includes("include")) return [];
  const file = new SourceFile(path, text);
  const root = readYaml(file, new Reporter([file]));
  return root?.kind === "map" ? textsAt(root, "include").map(({ value }) => value) : [];
}

/** The path that an entry of `include` means, or the sentence that refuses it. */
export type IncludePath =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly refused: string };

/**
 * The folder that nothing a file includes may lie outside of: where paths are relative, the folder they start in;
 * for a file that is named otherwise, its own.
 *
 * @param path - of a file that is no included one
 */
export function rootOf(path: string): string {
  const normal = normalised(path);
  return isOutward(normal) ? folderOf(normal) : ".";
}

/**
 * Finds the path of an entry of `include`. A policy names only what lies below its own root folder: a file that
 * somebody adds to it could otherwise pull in any file of the machine, and with it what a reviewer never saw.
 *
 * @param from - the file that includes
 * @param root - see {@link rootOf}
 */
export function includePath(from: string, entry: string, root: string): IncludePath {
  const refuse = (why: string): IncludePath => ({ ok: false, refused: `\`${entry}\` ${why}` });
  if (/[\u0000-\u001f\u007f]/.test(entry)) return refuse("holds a control character.");
  if (entry.includes("\\")) return refuse("holds a backslash; folders are separated by `/`.");
  if (/[*?]/.test(entry)) return refuse("is a pattern; name files, or the folder that holds them.");
  if (entry.startsWith("/") || entry.startsWith("~") || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(entry))
    return refuse("is no path relative to this file.");
  const path = normalised(`${folderOf(normalised(from))}/${entry}`);
  const isInside = root === "." ? !isOutward(path) : path === root || path.startsWith(`${root}/`);
  return isInside ? { ok: true, path } : refuse("leads out of the policy's folder.");
}

/** Which of the names in a folder are files of a policy: not tests, not hidden, in the order of their names. */
export function policyFileNames(names: readonly string[]): readonly string[] {
  return names
    .filter((name) => /^[^.].*\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name))
    .sort((a, b) => (a < b ? -1 : 1));
}

/** Resolves `.` and `..`; `.` is the folder where relative paths start. */
function normalised(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || !path.startsWith("/")) parts.push(part);
  }
  if (path.startsWith("/")) return `/${parts.join("/")}`;
  return parts.length === 0 ? "." : parts.join("/");
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash < 0) return ".";
  return slash === 0 ? "/" : path.slice(0, slash);
}

function isOutward(path: string): boolean {
  return path === ".." || path.startsWith("../") || path.startsWith("/") || /^[A-Za-z]:/.test(path);
}

import { readAddress } from "../evaluate/functions/address.ts";
import { compileGlob, type Glob } from "../evaluate/functions/glob.ts";

/** Digits and stars alone: who writes it means addresses. */
const LIKE_ADDRESS = /^(?=.*\d)[\d.*]+$/;

/**
 * Compiles the glob of a host: `*` stays within one label, `**` crosses. Without a star it is one host.
 *
 * @param host - as `canonicalHost` gives it
 * @returns `null` where it could match no host: it looks like addresses, which globs never match
 */
export function compileHostGlob(host: string): Glob | null {
  if (!host.includes("*")) return compileGlob(host, ".");
  if (LIKE_ADDRESS.test(host)) return null;
  const names = compileGlob(host, ".");
  // `*.*.*.*` must not let every address through.
  return {
    steps: names.steps,
    matches: (name) => names.matches(name) && readAddress(name) === null,
  };
}

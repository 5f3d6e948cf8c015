import { spend } from "../evaluate/cost.ts";
import { compileGlob, type Glob } from "../evaluate/functions/glob.ts";
import type { CostBudget } from "../evaluate/scope.ts";
import { compileHostGlob } from "./host-glob.ts";
import { UNLIMITED } from "./unlimited.ts";
import { readUrl, type ScopeUrl } from "./url.ts";

/** An endpoint that a profile lists: a name, or a glob of URLs. */
export type Endpoint = { readonly name: string } | { readonly url: UrlGlob };

/** A glob of URLs. Scheme and port are exact; host, path and query are globs of their own. */
interface UrlGlob {
  readonly scheme: string;
  readonly host: Glob;
  readonly port: string;
  readonly path: Glob;
  /** `null`: the glob names no query. */
  readonly query: Glob | null;
  /** Whether the glob ends in `**`, so that a query and a fragment may follow. */
  readonly isOpen: boolean;
}

/** Names of endpoints: what stands for an address that only the tool knows. */
const NAME = /^[A-Za-z0-9_.:/-]{1,128}$/;
const MAX_GLOB = 512;
const GLOB_WITHOUT_PATH = /^[^/]*:\/\/[^/]*\*[^/]*$/;

/** Whether a text is meant as a URL and not as a name. */
export function isUrlLike(text: string): boolean {
  return text.includes("://");
}

/** Whether a text is the name of an endpoint. */
export function isEndpointName(text: string): boolean {
  return NAME.test(text) && !isUrlLike(text);
}

/** Reads an endpoint of a profile; `null` where it is neither a name nor a glob of URLs. */
export function readEndpoint(text: string): Endpoint | null {
  if (!isUrlLike(text)) return isEndpointName(text) ? { name: text } : null;
  // Without a path it is that of the root: who writes `https://*.acme.test` means more.
  if (text.length > MAX_GLOB || GLOB_WITHOUT_PATH.test(text)) return null;
  const parts = readUrl(text, UNLIMITED);
  const host = parts === null ? null : compileHostGlob(parts.host);
  // A fragment never reaches a server, so a glob that names one says less than it seems to.
  if (parts === null || host === null || parts.hasFragment) return null;
  const { scheme, port, path, query } = parts;
  return {
    url: {
      scheme,
      host,
      port,
      path: compileGlob(path, "/"),
      query: query === "" ? null : compileGlob(query, "&"),
      isOpen: (query === "" ? path : query).endsWith("**"),
    },
  };
}

/** Whether a URL fits the glob, whole: what follows the path is inside only where the glob says so. */
export function matchesUrl(glob: UrlGlob, url: ScopeUrl, budget: CostBudget): boolean {
  const { scheme, host, port, path, query, isOpen } = glob;
  if (!spend(budget, 1) || scheme !== url.scheme || port !== url.port) return false;
  if (url.hasFragment && !isOpen) return false;
  return (
    matches(host, url.host, budget) &&
    matches(path, url.path, budget) &&
    (query === null ? url.query === "" || isOpen : matches(query, url.query, budget))
  );
}

function matches(glob: Glob, text: string, budget: CostBudget): boolean {
  return spend(budget, Math.ceil((text.length * (glob.steps + 3)) / 128)) && glob.matches(text);
}

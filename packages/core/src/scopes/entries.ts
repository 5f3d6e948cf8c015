import { UNLIMITED } from "./unlimited.ts";
import { readDirectory } from "./ceiling.ts";
import { isEndpointName, readEndpoint } from "./endpoint.ts";
import { readNetworkPart } from "./network.ts";
import { type Dimension, touchEndpoint, touchHost, touchPath } from "./touch.ts";

/** A dimension whose entries have a form of their own. */
export type WrittenDimension = Exclude<Dimension, "databases">;

/**
 * Whether an entry of a profile can be read, and so could ever hold anything: a name or a glob of URLs, a CIDR range,
 * an address or a glob of host names, an absolute directory. Build and run time ask the same.
 *
 * @example
 * ```ts
 * import { isScopeEntry } from "@interlatch/core/build";
 * isScopeEntry("endpoints", "https://api.acme.test/orders/**"); // true
 * isScopeEntry("network", "10.0.0.0/33"); // false
 * ```
 */
export function isScopeEntry(dimension: WrittenDimension, text: string): boolean {
  switch (dimension) {
    case "endpoints":
      return readEndpoint(text) !== null;
    case "network":
      return readNetworkPart(text) !== null;
    case "paths":
      return readDirectory(text) !== null;
  }
}

/**
 * Whether a literal resource of a tool can be read, and so could ever be inside a profile: a name or one URL, a host
 * or its URL, an absolute path. Stars are no wildcards there.
 */
export function isScopeResource(dimension: WrittenDimension, text: string): boolean {
  if (text.includes("*")) return false;
  switch (dimension) {
    case "endpoints": {
      const touch = touchEndpoint(text, UNLIMITED);
      return isEndpointName(text) || ("url" in touch && touch.url !== null);
    }
    case "network": {
      const touch = touchHost(text, UNLIMITED);
      return "peer" in touch && touch.peer !== null;
    }
    case "paths": {
      const touch = touchPath(text, "read", UNLIMITED);
      return "path" in touch && touch.path !== null;
    }
  }
}

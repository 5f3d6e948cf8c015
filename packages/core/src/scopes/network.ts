import { spend } from "../evaluate/cost.ts";
import {
  type Address,
  type AddressRange,
  isInRange,
  readAddress,
  readAddressRange,
} from "../evaluate/functions/address.ts";
import type { Glob } from "../evaluate/functions/glob.ts";
import { canonicalHost, hostCost, MAX_HOST } from "../evaluate/functions/host-name.ts";
import type { CostBudget } from "../evaluate/scope.ts";
import { isUrlLike } from "./endpoint.ts";
import { compileHostGlob } from "./host-glob.ts";
import { readUrl } from "./url.ts";

/** A part of the network that a profile lists: a range of addresses, or a glob of names. */
export type NetworkPart = { readonly range: AddressRange } | { readonly names: Glob };

/** Where a call connects to: an address or a name. */
export type Peer = { readonly address: Address } | { readonly name: string };

/** Reads an entry of a profile: a CIDR range, one address, or a glob of host names; `null` for anything else. */
export function readNetworkPart(text: string): NetworkPart | null {
  const range = readAddressRange(text.includes("/") ? text : single(text));
  if (range !== null) return { range };
  const host = canonicalHost(text);
  // An address in another notation would be a glob that no name fits.
  if (host === null || readAddress(host) !== null) return null;
  const names = compileHostGlob(host);
  return names === null ? null : { names };
}

/** One address as the range that holds nothing else. */
function single(text: string): string {
  return text.includes(":") ? `${text.replace(/^\[(.*)\]$/, "$1")}/128` : `${text}/32`;
}

/**
 * Reads where a call connects to: the host of a URL, a bare host name, or a bare address in any notation.
 *
 * @returns `null` for anything else; names are not resolved
 */
export function readPeer(text: string, budget: CostBudget): Peer | null {
  if (isUrlLike(text)) {
    const url = readUrl(text, budget);
    return url === null ? null : peerOf(url.host);
  }
  if (text.length > MAX_HOST || !spend(budget, 4 + hostCost(text))) return null;
  const address = readAddress(text);
  if (address !== null) return { address };
  // The parser would decode an escape; whoever connects may not.
  const host = text.includes("%") ? null : canonicalHost(text);
  return host === null ? null : peerOf(host);
}

function peerOf(host: string): Peer {
  const address = readAddress(host);
  return address === null ? { name: host } : { address };
}

/** Whether a peer lies in a part: addresses in ranges, names under globs, and never the other way. */
export function holdsPeer(part: NetworkPart, peer: Peer, budget: CostBudget): boolean {
  if (!spend(budget, 1)) return false;
  if ("range" in part) return "address" in peer && isInRange(peer.address, part.range);
  if (!("name" in peer)) return false;
  const cost = Math.ceil((peer.name.length * (part.names.steps + 3)) / 128);
  return spend(budget, cost) && part.names.matches(peer.name);
}

import { BUDGET_EXHAUSTED, spend } from "../cost.ts";
import { EvaluationError } from "../value.ts";
import type { BinaryFunction, UnaryFunction } from "./function.ts";
import { canonicalHost, hostCost, MAX_HOST } from "./host-name.ts";
import { readIpv4 } from "./ipv4.ts";
import { readIpv6, type Ipv6 } from "./ipv6.ts";
import { isPrivateIpv4, isPrivateIpv6 } from "./special-purpose.ts";

const NOT_ADDRESS = new EvaluationError("ipIn needs an IP address and a range such as 10.0.0.0/8");
const NOT_HOST = new EvaluationError("isPrivateHost needs the name or address of a host");

/** An IP address. IPv4 addresses inside IPv6 ones (`::ffff:10.0.0.1`) are IPv4 addresses. */
export type Address =
  | { readonly version: 4; readonly value: number }
  | { readonly version: 6; readonly value: Ipv6 };

/** The addresses that share their first bits with one address. */
export interface AddressRange {
  readonly address: Address;
  readonly bits: number;
}

/**
 * Reads an address: IPv4 in any notation, IPv6 with or without brackets; v4-mapped IPv6 becomes IPv4.
 *
 * @returns `null` for anything else; names are not resolved
 */
export function readAddress(text: string): Address | null {
  const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  const six = readIpv6(bare);
  if (six !== null) return unmapped(six);
  const four = bare === text ? readIpv4(text) : null;
  return four === null ? null : { version: 4, value: four };
}

function unmapped(value: Ipv6): Address {
  const mapped = value.slice(0, 5).every((piece) => piece === 0) && value[5] === 0xffff;
  // An Ipv6 has eight pieces.
  return mapped ? { version: 4, value: value[6]! * 65_536 + value[7]! } : { version: 6, value };
}

const RANGE = /^([0-9A-Fa-f:.]{2,45})\/(\d|[1-9]\d{1,2})$/;
/** No leading zeros: `012.0.0.0/8` is the block of ten to one reader and of twelve to another. */
const PLAIN_IPV4 = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;

/**
 * Reads a range in CIDR notation. IPv4 is written in four plain parts; bits behind the prefix are ignored.
 *
 * @returns `null` for anything else, a lone address included
 */
export function readAddressRange(text: string): AddressRange | null {
  const [, written = "", length] = RANGE.exec(text) ?? [];
  if (length === undefined) return null;
  const isFour = PLAIN_IPV4.test(written);
  if (!isFour && !written.includes(":")) return null;
  const address = readAddress(written);
  if (address === null) return null;
  const bits = Number(length);
  if (isFour) return bits <= 32 ? { address, bits } : null;
  if (bits > 128) return null;
  if (address.version === 6) return { address, bits };
  // `::ffff:0:0/96` and narrower hold IPv4 addresses alone.
  return bits >= 96 ? { address, bits: bits - 96 } : null;
}

/** Whether the address lies in the range. Addresses of the other version do not. */
export function isInRange(address: Address, { address: start, bits }: AddressRange): boolean {
  if (address.version === 4) {
    const size = 2 ** (32 - bits);
    return (
      start.version === 4 && Math.floor(address.value / size) === Math.floor(start.value / size)
    );
  }
  return start.version === 6 && sharesBits(address.value, start.value, bits);
}

function sharesBits(left: Ipv6, right: Ipv6, bits: number): boolean {
  for (let index = 0; index * 16 < bits; index++) {
    const shift = Math.max(0, 16 - (bits - index * 16));
    if (left[index]! >> shift !== right[index]! >> shift) return false; // an Ipv6 has eight pieces
  }
  return true;
}

/** `ipIn(ip, cidr)`: whether an address lies in a range. A name is an error: nothing is resolved. */
export const ADDRESS_IN: BinaryFunction<AddressRange> = {
  prepare(second, budget) {
    if (!spend(budget, 4)) return BUDGET_EXHAUSTED;
    return (typeof second === "string" ? readAddressRange(second) : null) ?? NOT_ADDRESS;
  },
  apply(first, range, budget) {
    if (!spend(budget, 4)) return BUDGET_EXHAUSTED;
    const address = typeof first === "string" ? readAddress(first) : null;
    return address === null ? NOT_ADDRESS : isInRange(address, range);
  },
};

/**
 * `isPrivateHost(host)`: whether a host is on this machine or network, or nowhere: every address that is not
 * globally reachable, in any notation, and the names `localhost`, `*.localhost`, `*.local`, `*.internal`.
 * Other names are not private: nothing is resolved, so a public name may still point inside.
 */
export const PRIVATE_HOST: UnaryFunction = {
  apply(value, budget) {
    if (typeof value !== "string" || value.length > MAX_HOST) return NOT_HOST;
    if (!spend(budget, hostCost(value))) return BUDGET_EXHAUSTED;
    const bare = readAddress(value);
    if (bare !== null) return isPrivateAddress(bare);
    const host = canonicalHost(value);
    if (host === null) return NOT_HOST;
    const address = readAddress(host);
    return address === null ? isPrivateName(host) : isPrivateAddress(address);
  },
};

function isPrivateAddress(address: Address): boolean {
  return address.version === 4 ? isPrivateIpv4(address.value) : isPrivateIpv6(address.value);
}

const PRIVATE_NAME = /(?:^|\.)localhost$|\.(?:local|internal)$/;

function isPrivateName(host: string): boolean {
  return PRIVATE_NAME.test(host);
}

import type { Ipv6 } from "./ipv6.ts";

/**
 * IPv4 blocks that are not globally reachable, as [first address, bits]. Source: IANA IPv4 Special-Purpose
 * Address Registry (RFC 6890 and later), with multicast (RFC 5771) and the withdrawn 6to4 relays (RFC 7526).
 */
const IPV4_BLOCKS: readonly (readonly [number, number])[] = [
  [0x00_00_00_00, 8], // this network
  [0x0a_00_00_00, 8], // private use
  [0x64_40_00_00, 10], // shared, carrier-grade NAT
  [0x7f_00_00_00, 8], // loopback
  [0xa9_fe_00_00, 16], // link-local, where clouds serve credentials
  [0xac_10_00_00, 12], // private use
  [0xc0_00_00_00, 24], // IETF protocol assignments
  [0xc0_00_02_00, 24], // documentation
  [0xc0_58_63_00, 24], // 6to4 relay anycast, withdrawn
  [0xc0_a8_00_00, 16], // private use
  [0xc6_12_00_00, 15], // benchmarking
  [0xc6_33_64_00, 24], // documentation
  [0xcb_00_71_00, 24], // documentation
  [0xe0_00_00_00, 4], // multicast
  [0xf0_00_00_00, 4], // reserved, limited broadcast
];

/** Two anycast addresses inside 192.0.0.0/24 that the registry marks as globally reachable. */
const IPV4_EXCEPTIONS: ReadonlySet<number> = new Set([0xc0_00_00_09, 0xc0_00_00_0a]);

/** Whether an IPv4 address, as an unsigned 32-bit number, is not globally reachable. */
export function isPrivateIpv4(address: number): boolean {
  if (IPV4_EXCEPTIONS.has(address)) return false;
  return IPV4_BLOCKS.some(([first, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) === first / size;
  });
}

/** An IPv6 block: its first pieces and how many bits of them count. */
type Block = readonly [pieces: readonly number[], bits: number];

/**
 * Blocks inside 2000::/3 that are not globally reachable, and the more specific ones inside them that are.
 * Source: IANA IPv6 Special-Purpose Address Registry. Everything outside 2000::/3 is loopback, unspecified,
 * unique local, link-local, multicast, discard-only, segment routing or unassigned.
 */
const IPV6_BLOCKS: readonly Block[] = [
  [[0x2001, 0x0000], 23], // IETF protocol assignments, Teredo among them
  [[0x2001, 0x0db8], 32], // documentation
  [[0x3fff, 0x0000], 20], // documentation
];
const IPV6_EXCEPTIONS: readonly Block[] = [
  [[0x2001, 0x0001, 0, 0, 0, 0, 0, 1], 128], // Port Control Protocol anycast
  [[0x2001, 0x0001, 0, 0, 0, 0, 0, 2], 128], // TURN anycast
  [[0x2001, 0x0001, 0, 0, 0, 0, 0, 3], 128], // DNS-SD service registration anycast
  [[0x2001, 0x0003], 32], // AMT
  [[0x2001, 0x0004, 0x0112], 48], // AS112
  [[0x2001, 0x0020], 28], // ORCHIDv2
  [[0x2001, 0x0030], 28], // drone remote identification
];
const NAT64: Block = [[0x0064, 0xff9b, 0, 0, 0, 0], 96];
const SIX_TO_FOUR: Block = [[0x2002], 16];
const GLOBAL_UNICAST: Block = [[0x2000], 3];

/**
 * Whether an IPv6 address is not globally reachable. NAT64 and 6to4 addresses are judged by the IPv4 address
 * they carry: `64:ff9b::7f00:1` would otherwise be a way to the local host.
 */
export function isPrivateIpv6(address: Ipv6): boolean {
  // An Ipv6 has eight pieces.
  if (isIn(address, NAT64)) return isPrivateIpv4(address[6]! * 65_536 + address[7]!);
  if (isIn(address, SIX_TO_FOUR)) return isPrivateIpv4(address[1]! * 65_536 + address[2]!);
  if (!isIn(address, GLOBAL_UNICAST)) return true;
  if (IPV6_EXCEPTIONS.some((block) => isIn(address, block))) return false;
  return IPV6_BLOCKS.some((block) => isIn(address, block));
}

function isIn(address: Ipv6, [pieces, bits]: Block): boolean {
  for (let index = 0; index * 16 < bits; index++) {
    const shift = Math.max(0, 16 - (bits - index * 16));
    if (address[index]! >> shift !== (pieces[index] ?? 0) >> shift) return false; // eight pieces
  }
  return true;
}

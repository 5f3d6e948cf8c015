/** A part of a dotted address, without leading zeros: with one it would be octal to some programs. */
const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const GROUP = /^[0-9A-Fa-f]{1,4}$/;

/** An IPv4 address as RFC 2673 writes it: four decimal numbers. */
export function isIpv4(text: string): boolean {
  return text.length <= 15 && IPV4.test(text);
}

/** An IPv6 address as RFC 4291 section 2.2 writes it, without a zone. */
export function isIpv6(text: string): boolean {
  // The longest: six groups of four and an IPv4 address.
  if (text.length > 45) return false;
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const [left = "", right] = halves;
  const before = left === "" ? [] : left.split(":");
  const after = right === undefined || right === "" ? [] : right.split(":");
  const isShort = right !== undefined;
  const last = isShort ? after : before;
  const dotted = last.at(-1)?.includes(".") === true ? last.pop() : undefined;
  if (dotted !== undefined && !isIpv4(dotted)) return false;
  const groups = [...before, ...after];
  const count = groups.length + (dotted === undefined ? 0 : 2);
  return groups.every((group) => GROUP.test(group)) && (isShort ? count <= 7 : count === 8);
}

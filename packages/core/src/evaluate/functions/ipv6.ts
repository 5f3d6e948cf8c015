import { readIpv4 } from "./ipv4.ts";

/** An IPv6 address: eight numbers of 16 bits. */
export type Ipv6 = readonly number[];

const PIECE = /^[0-9a-fA-F]{1,4}$/;
const DOTTED = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * Reads an IPv6 address, `::` and a dotted IPv4 tail included, without brackets. A zone (`%eth0`) is
 * refused: it means something on one machine only.
 *
 * Source: RFC 4291, section 2.2.
 */
export function readIpv6(text: string): Ipv6 | null {
  if (text.length > 45 || !text.includes(":")) return null;
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const tail = readPieces(halves[halves.length - 1] ?? "", true);
  if (tail === null) return null;
  if (halves.length === 1) return tail.length === 8 ? tail : null;
  const head = readPieces(halves[0] ?? "", false);
  // `::` stands for at least one piece.
  if (head === null || head.length + tail.length > 7) return null;
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function readPieces(text: string, mayEndDotted: boolean): number[] | null {
  if (text === "") return [];
  const pieces: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (PIECE.test(part)) pieces.push(parseInt(part, 16));
    else {
      const last = mayEndDotted && index === parts.length - 1;
      const tail = last && isDotted(part) ? readIpv4(part) : null;
      if (tail === null) return null;
      pieces.push(Math.floor(tail / 65_536), tail % 65_536);
    }
  }
  return pieces;
}

/** Inside IPv6 text the tail is four plain decimal numbers; no other notation is allowed there. */
function isDotted(part: string): boolean {
  return (
    DOTTED.test(part) && part.split(".").every((piece) => piece === "0" || !piece.startsWith("0"))
  );
}

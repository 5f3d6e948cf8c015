/**
 * Which labels of other scripts may be host names: IDNA 2008, RFC 5891 section 4.2.3 and the tables that RFC 5892
 * derives from the properties of characters.
 */

const ZERO_WIDTH_NON_JOINER = 0x200c;
const ZERO_WIDTH_JOINER = 0x200d;

/** RFC 5892, section 2.6: those that the properties would decide otherwise. */
const PERMITTED: ReadonlySet<number> = new Set([0xdf, 0x3c2, 0x6fd, 0x6fe, 0xf0b, 0x3007]);
const REFUSED: ReadonlySet<number> = new Set([
  0x640, 0x7fa, 0x302e, 0x302f, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303b,
]);

const LETTER_OR_DIGIT = /^[\p{Ll}\p{Lu}\p{Lo}\p{Nd}\p{Lm}\p{Mn}\p{Mc}]$/u;
const IGNORABLE = /^[\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Noncharacter_Code_Point}]$/u;
/** Combining marks for symbols, ancient Greek musical notation: section 2.4. Old Hangul letters: section 2.9. */
const REFUSED_RANGES: readonly (readonly [number, number])[] = [
  [0x20d0, 0x20ff],
  [0x1d100, 0x1d1ff],
  [0x1d200, 0x1d24f],
  [0x1100, 0x11ff],
  [0xa960, 0xa97c],
  [0xd7b0, 0xd7fb],
];
const MARK = /^\p{M}$/u;

/** Whether the decoded form of a label in Punycode may be one. */
export function isInternationalLabel(points: readonly number[]): boolean {
  const [first = 0] = points;
  const [third, fourth] = points.slice(2);
  if (third === HYPHEN && fourth === HYPHEN) return false;
  if (first === HYPHEN || points.at(-1) === HYPHEN || MARK.test(String.fromCodePoint(first))) {
    return false;
  }
  return points.every((point, index) => {
    const isPermitted = CONTEXT.get(point);
    return isPermitted === undefined ? isPermittedAnywhere(point) : isPermitted(points, index);
  });
}

const HYPHEN = 0x2d;

/** RFC 5892, section 3. */
function isPermittedAnywhere(point: number): boolean {
  if (PERMITTED.has(point)) return true;
  if (REFUSED.has(point)) return false;
  if (point < 0x80) return point === HYPHEN || /^[a-z0-9]$/.test(String.fromCodePoint(point));
  const sign = String.fromCodePoint(point);
  if (REFUSED_RANGES.some(([from, to]) => point >= from && point <= to)) return false;
  // What another character is normalised to is written as that one.
  const folded = sign.normalize("NFKC").toLowerCase().normalize("NFKC");
  return folded === sign && !IGNORABLE.test(sign) && LETTER_OR_DIGIT.test(sign);
}

type ContextRule = (points: readonly number[], index: number) => boolean;

/** RFC 5892, appendix A: characters that are permitted beside certain others. */
const CONTEXT: ReadonlyMap<number, ContextRule> = new Map<number, ContextRule>([
  [ZERO_WIDTH_NON_JOINER, (points, index) => followsVirama(points, index) || joins(points, index)],
  [ZERO_WIDTH_JOINER, followsVirama],
  // The middle dot of Catalan stands between two l.
  [0xb7, (points, index) => points[index - 1] === 0x6c && points[index + 1] === 0x6c],
  [0x375, (points, index) => isOf(/^\p{Script=Greek}$/u, points[index + 1])],
  [0x5f3, (points, index) => isOf(/^\p{Script=Hebrew}$/u, points[index - 1])],
  [0x5f4, (points, index) => isOf(/^\p{Script=Hebrew}$/u, points[index - 1])],
  [0x30fb, (points) => points.some((point) => isOf(JAPANESE, point))],
  ...digitRules(0x660, 0x6f0),
  ...digitRules(0x6f0, 0x660),
]);

const JAPANESE = /^[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]$/u;

function isOf(script: RegExp, point: number | undefined): boolean {
  return point !== undefined && script.test(String.fromCodePoint(point));
}

/** Ten digits that must not stand beside the other ten. */
function digitRules(from: number, others: number): [number, ContextRule][] {
  const rule: ContextRule = (points) =>
    !points.some((point) => point >= others && point <= others + 9);
  return Array.from({ length: 10 }, (_, digit) => [from + digit, rule]);
}

/** Characters of the canonical combining class Virama, for which expressions have no name. */
const VIRAMAS: ReadonlySet<number> = new Set([
  0x94d, 0x9cd, 0xa4d, 0xacd, 0xb4d, 0xbcd, 0xc4d, 0xccd, 0xd3b, 0xd3c, 0xd4d, 0xdca, 0xe3a, 0xeba,
  0xf84, 0x1039, 0x103a, 0x1714, 0x1715, 0x1734, 0x17d2, 0x1a60, 0x1b44, 0x1baa, 0x1bab, 0x1bf2,
  0x1bf3, 0x2d7f, 0xa806, 0xa82c, 0xa8c4, 0xa953, 0xa9c0, 0xaaf6, 0xabed, 0x10a3f, 0x11046, 0x11070,
  0x1107f, 0x110b9, 0x11133, 0x11134, 0x111c0, 0x11235, 0x112ea, 0x1134d, 0x11442, 0x114c2, 0x115bf,
  0x1163f, 0x116b6, 0x1172b, 0x11839, 0x1193d, 0x1193e, 0x119e0, 0x11a34, 0x11a47, 0x11a99, 0x11c3f,
  0x11d44, 0x11d45, 0x11d97, 0x11f41, 0x11f42,
]);

function followsVirama(points: readonly number[], index: number): boolean {
  return VIRAMAS.has(points[index - 1] ?? 0);
}

/**
 * Whether the letters on both sides are ones that join each other there. Arabic letters alone are known; in
 * scripts that are written so more rarely the character is refused.
 */
function joins(points: readonly number[], index: number): boolean {
  const isLetter = (point: number | undefined): point is number => !isOf(/^\p{Mn}$/u, point);
  const before = points.slice(0, index).findLast(isLetter);
  const after = points.slice(index + 1).find(isLetter);
  return (
    isOf(ARABIC_LETTER, before) && !isOf(JOINS_BEFORE_ONLY, before) && isOf(ARABIC_LETTER, after)
  );
}

/** Letters of the Arabic blocks that join at all. */
const ARABIC_LETTER =
  /^[\u0620\u0622-\u063f\u0641-\u064a\u066e\u066f\u0671-\u0673\u0675-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff\u0750-\u077f]$/u;
/** Those of them that join the letter before them and never the one after. */
const JOINS_BEFORE_ONLY =
  /^[\u0622-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0673\u0675-\u0677\u0688-\u0699\u06c0\u06c3-\u06cb\u06cd\u06cf\u06d2\u06d3\u06d5\u06ee\u06ef\u0759-\u075b\u076b\u076c\u0771\u0773\u0774\u0778\u0779]$/u;

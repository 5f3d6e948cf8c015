/**
 * Letters of other scripts that are drawn as Latin ones, and other signs that are drawn as ASCII ones: each Latin sign
 * and what is taken for it.
 *
 * Source: the idea of a skeleton is that of Unicode Technical Standard #39; these are the pairs that common fonts draw
 * alike.
 */
const DRAWN_ALIKE: Readonly<Record<string, string>> = {
  a: "\u0430\u0251\u03b1",
  b: "\u042c\u044c",
  c: "\u0441\u03f2\u1d04",
  d: "\u0501",
  e: "\u0435\u04bd\u212e",
  g: "\u0261\u0581",
  h: "\u04bb\u0570",
  i: "\u0456\u0131\u03b9\u04cf\u0269",
  j: "\u0458\u03f3",
  k: "\u043a\u03ba",
  l: "\u04c0\u01c0\u2223",
  n: "\u0578\u057c",
  o: "\u043e\u03bf\u0585\u03c3\u0d20\u101d",
  p: "\u0440\u03c1",
  q: "\u051b\u0566",
  r: "\u0433\u1d26",
  s: "\u0455\ua731",
  u: "\u057d\u03c5\u028b\u1d1c",
  v: "\u03bd\u0475\u1d20",
  w: "\u051d\u0461\u1d21",
  x: "\u0445\u03c7",
  y: "\u0443\u04af\u03b3\u028f",
  z: "\u1d22",
  A: "\u0410\u0391",
  B: "\u0412\u0392",
  C: "\u0421\u03f9",
  E: "\u0415\u0395",
  F: "\u03dc",
  G: "\u050c",
  H: "\u041d\u0397",
  I: "\u0406\u0399",
  J: "\u0408\u037f",
  K: "\u041a\u039a\u212a",
  M: "\u041c\u039c\u03fa",
  N: "\u039d",
  O: "\u041e\u039f\u0555",
  P: "\u0420\u03a1",
  S: "\u0405\u054f",
  T: "\u0422\u03a4",
  U: "\u054d",
  V: "\u0474",
  W: "\u051c",
  X: "\u0425\u03a7",
  Y: "\u0423\u03a5\u04ae",
  Z: "\u0396",
  "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58",
  "/": "\u2044\u2215\u29f8",
  ":": "\u02d0\ua789\u2236\u0589",
  ".": "\u06d4\u0701",
  "'": "\u2018\u2019\u02bc\u02b9",
  '"': "\u201c\u201d",
};

const PLAIN: ReadonlyMap<string, string> = new Map(
  Object.entries(DRAWN_ALIKE).flatMap(([plain, others]) =>
    Array.from(others, (other) => [other, plain] as const),
  ),
);

/** What is not drawn at all. A tab, a line's end and a form feed leave a gap, so they are seen. */
const UNSEEN =
  /[\p{Default_Ignorable_Code_Point}\p{Cf}\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f]/gu;
/** Accents that no letter before them has taken up: `t` and an acute is no letter of any language. */
const LOOSE_ACCENT = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;

const ASCII = /^[ -~]*$/;

/**
 * How a text looks: two texts that a reader takes for one another have one look. A letter with an accent that Unicode
 * has as one sign is a letter of its own, for `ma` and `má` are two words.
 */
export function lookOf(text: string): string {
  if (ASCII.test(text)) return text;
  const folded = text.normalize("NFKC").replace(UNSEEN, "").normalize("NFKC");
  return Array.from(folded.replace(LOOSE_ACCENT, ""), (sign) => PLAIN.get(sign) ?? sign).join("");
}

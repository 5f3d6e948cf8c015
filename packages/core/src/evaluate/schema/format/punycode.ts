/** Punycode (RFC 3492): a text of any characters in letters, digits and hyphens. */

const BASE = 36;
const TMIN = 1;
const TMAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_POINT = 0x80;
const LAST_POINT = 0x10ffff;
const DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** RFC 3492, section 6.1. */
function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = isFirst ? Math.floor(delta / DAMP) : delta >> 1;
  rest += Math.floor(rest / count);
  let steps = 0;
  while (rest > ((BASE - TMIN) * TMAX) >> 1) {
    rest = Math.floor(rest / (BASE - TMIN));
    steps += BASE;
  }
  return steps + Math.floor(((BASE - TMIN + 1) * rest) / (rest + SKEW));
}

function thresholdOf(step: number, bias: number): number {
  return Math.min(Math.max(step - bias, TMIN), TMAX);
}

/**
 * The code points of an encoded label without its `xn--`; `undefined` for what is no Punycode (section 6.2).
 *
 * @param encoded - lower case, at most 59 characters
 */
export function decodePunycode(encoded: string): readonly number[] | undefined {
  const hyphen = encoded.lastIndexOf("-");
  const points = Array.from(encoded.slice(0, Math.max(hyphen, 0)), (sign) => sign.charCodeAt(0));
  let at = hyphen + 1;
  let point = INITIAL_POINT;
  let bias = INITIAL_BIAS;
  let index = 0;
  while (at < encoded.length) {
    const before = index;
    for (let step = BASE, weight = 1; ; step += BASE) {
      const digit = DIGITS.indexOf(encoded[at] ?? " ");
      at++;
      if (digit === -1) return undefined;
      index += digit * weight;
      if (index > Number.MAX_SAFE_INTEGER / BASE) return undefined;
      const threshold = thresholdOf(step, bias);
      if (digit < threshold) break;
      weight *= BASE - threshold;
    }
    const count = points.length + 1;
    bias = adapt(index - before, count, before === 0);
    point += Math.floor(index / count);
    index %= count;
    if (point > LAST_POINT) return undefined;
    points.splice(index, 0, point);
    index++;
  }
  return points;
}

/** The encoded form of a label's code points, without `xn--` (section 6.3). */
export function encodePunycode(points: readonly number[]): string {
  const basic = points.filter((point) => point < INITIAL_POINT);
  let text = String.fromCharCode(...basic);
  if (text !== "") text += "-";
  let done = basic.length;
  let bias = INITIAL_BIAS;
  let delta = 0;
  let current = INITIAL_POINT;
  while (done < points.length) {
    const next = Math.min(...points.filter((point) => point >= current));
    delta += (next - current) * (done + 1);
    current = next;
    for (const point of points) {
      if (point < current) delta++;
      if (point !== current) continue;
      text += writeNumber(delta, bias);
      bias = adapt(delta, done + 1, done === basic.length);
      delta = 0;
      done++;
    }
    delta++;
    current++;
  }
  return text;
}

function writeNumber(number: number, bias: number): string {
  let text = "";
  let rest = number;
  for (let step = BASE; ; step += BASE) {
    const threshold = thresholdOf(step, bias);
    if (rest < threshold) return text + (DIGITS[rest] ?? "");
    text += DIGITS[threshold + ((rest - threshold) % (BASE - threshold))] ?? "";
    rest = Math.floor((rest - threshold) / (BASE - threshold));
  }
}

/** What was probably meant where a condition cannot be parsed, and the place of the mistake if it is another. */
export interface SyntaxHint {
  readonly hint: string;
  readonly start?: number;
  readonly end?: number;
}

/** Operators of other languages. */
const OPERATORS: Readonly<Record<string, string>> = {
  "=": "Compare with `==`.",
  "===": "Compare with `==`.",
  "!==": "Compare with `!=`.",
  "<>": "Compare with `!=`.",
  "=<": "Compare with `<=`.",
  "=>": "Compare with `>=`.",
  "&": "Write `&&`.",
  "|": "Write `||`.",
};

/** Words that stand for operators in other languages. */
const WORDS: Readonly<Record<string, string>> = {
  and: "Write `&&`.",
  or: "Write `||`.",
  is: "Compare with `==`.",
  equals: "Compare with `==`.",
  like: "Write `glob(text, pattern)` or `text.matches(pattern)`.",
};

/** A stretch of operator signs: the parser stops in the middle of those that it does not know. */
const SIGNS = /[=!<>&|]/;

/**
 * Guesses what somebody meant who writes conditions as in another language.
 *
 * @param text - the condition
 * @param start - where the parser stopped
 */
export function syntaxHint(text: string, start: number): SyntaxHint | undefined {
  return operatorHint(text, start) ?? negationHint(text, start) ?? wordHint(text, start);
}

function operatorHint(text: string, at: number): SyntaxHint | undefined {
  let start = at;
  let end = at;
  while (start > 0 && SIGNS.test(text.charAt(start - 1))) start--;
  while (end < text.length && SIGNS.test(text.charAt(end))) end++;
  const signs = text.slice(start, end);
  const hint = Object.hasOwn(OPERATORS, signs) ? OPERATORS[signs] : undefined;
  if (hint !== undefined) return { hint, start, end };
  return text.charAt(at) === "$" ? { hint: "Names stand without `$`." } : undefined;
}

/** `not x`, `a not in b`. */
function negationHint(text: string, at: number): SyntaxHint | undefined {
  const before = /\bnot\s*$/i.exec(text.slice(0, at));
  const here = /^not\b\s*/i.exec(text.slice(at));
  const start = before?.index ?? (here === null ? undefined : at);
  if (start === undefined) return undefined;
  const place = { start, end: start + "not".length };
  const rest = text.slice(start + "not".length).trimStart();
  if (/^in\b/i.test(rest)) return { hint: "Write `!(x in list)`.", ...place };
  const operand = /^(?:(?!&&|\|\||\s(?:and|or)\s)[^,?])*/i.exec(rest)?.[0].trim() ?? "";
  const isOne = /^[\w.]+$/.test(operand) || /^[\w.]*\([^()]*\)$/.test(operand);
  const isShort = operand !== "" && operand.length <= 60;
  const negation = !isShort ? "!(x)" : isOne ? `!${operand}` : `!(${operand})`;
  return { hint: `Write \`${negation}\`.`, ...place };
}

function wordHint(text: string, at: number): SyntaxHint | undefined {
  const word = /^\w+/.exec(text.slice(at))?.[0].toLowerCase() ?? "";
  const hint = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  return hint === undefined ? undefined : { hint };
}

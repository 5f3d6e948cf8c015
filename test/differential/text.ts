/**
 * One expression, as we write it and as other engines of CEL must read it to be asked the same. They have whole
 * numbers beside doubles; we have doubles. So for them every number is written as a double, and what gives a whole
 * number there is converted.
 */
export interface Text {
  readonly ours: string;
  readonly theirs: string;
}

/** Joins texts: ``text`(${a} && ${b})` ``. */
export function text(literals: TemplateStringsArray, ...parts: readonly (Text | string)[]): Text {
  const join = (side: keyof Text): string =>
    literals.reduce((whole, literal, index) => {
      const part = parts[index - 1];
      return (
        whole +
        (part === undefined || typeof part === "string" ? (part ?? "") : part[side]) +
        literal
      );
    });
  return { ours: join("ours"), theirs: join("theirs") };
}

/** A part that gives a whole number to others. */
export function whole(part: Text): Text {
  return { ours: part.ours, theirs: `double(${part.theirs})` };
}

/** A number literal. */
export function number(value: number): Text {
  const ours = String(value);
  return { ours, theirs: /[.e]/.test(ours) ? ours : `${ours}.0` };
}

/** A text literal. No lone surrogate may be in it: CEL has no way to write one. */
export function string(value: string): Text {
  const literal = JSON.stringify(value);
  return { ours: literal, theirs: literal };
}

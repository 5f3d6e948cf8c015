/** Names come from a model: a newline or an escape in one must not write a line of its own into a log. */
export function printable(text: string): string {
  const short = text.length > 128 ? `${text.slice(0, 128)}…` : text;
  return /^[\w.:/#@+-]+…?$/.test(short) ? short : JSON.stringify(short);
}

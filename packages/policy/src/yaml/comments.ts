import { Lexer } from "yaml";
import type { SourceFile, Span } from "./source.ts";

/** A comment of a file, from its `#` to the end of its line. */
export interface YamlComment {
  readonly at: Span;
  readonly text: string;
  /** Whether nothing stands before it on its line. */
  readonly isAlone: boolean;
}

/** Lexemes that stand for nothing in the text: marks of a document, a scalar and the end of a flow. */
const MARKS: readonly string[] = ["\u0002", "\u001f", "\u0018"];

/** The comments of a file, as the lexer of YAML sees them: a `#` in a text is none. */
export function commentsOf(file: SourceFile): readonly YamlComment[] {
  const comments: YamlComment[] = [];
  let offset = 0;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(file.text)) {
    // What follows the mark of a scalar is its text, whatever it begins with.
    if (!isScalar && MARKS.includes(lexeme)) {
      isScalar = lexeme === "\u001f";
      continue;
    }
    if (!isScalar && lexeme.startsWith("#")) {
      const before = file.text.slice(file.lineStart(file.positionOf(offset).line), offset);
      const at = { file, start: offset, end: offset + lexeme.trimEnd().length };
      comments.push({ at, text: lexeme.trimEnd(), isAlone: before.trim() === "" });
    }
    isScalar = false;
    offset += lexeme.length;
  }
  return comments;
}

export type * from "./cases/case.ts";
export { type ParseTestsResult, parsePolicyTests } from "./cases/parse.ts";
export { policyTestDocument } from "./cases/schema.ts";
export { checkPolicy, type CheckOptions } from "./check.ts";
export {
  compilePolicy,
  type CompileInput,
  type CompileOptions,
  type CompileResult,
  type PolicySource,
} from "./compile.ts";
export {
  type Diagnostic,
  type DiagnosticCode,
  type DiagnosticFix,
  DIAGNOSTIC_CODES,
  type TextEdit,
} from "./diagnostics/diagnostic.ts";
export { DIAGNOSTIC_MEANINGS, type DiagnosticMeaning } from "./diagnostics/meanings.ts";
export { fixPolicy, type FixedDiagnostic, type FixResult } from "./fix/fix-policy.ts";
export { formatDiagnostic, type FormatOptions } from "./diagnostics/format.ts";
export { childrenOf, everyExpression, expressionsInResources } from "./expressions/parts.ts";
export { nearest } from "./diagnostics/nearest.ts";
export { checkPatternTable } from "./patterns/check-table.ts";
export { compilePatterns } from "./patterns/table.ts";
export { policyDocument } from "./document/schema.ts";
export {
  formatPolicy,
  type PolicyFormatOptions,
  type PolicyFormatResult,
} from "./format/format.ts";
export {
  EDITOR_LINES,
  editorSchema,
  type EditorSchema,
  type EditorSchemaKind,
} from "./editor/schema.ts";
export {
  followIncludes,
  type IncludeFound,
  type IncludeOutcome,
  type IncludeStart,
  type ReadInclude,
} from "./include/follow.ts";
export { policyFileNames } from "./include/paths.ts";
export { importAgt } from "./import/agt.ts";
export type { ImportNote, ImportOptions, ImportResult } from "./import/import-result.ts";
export { importLangchain } from "./import/langchain.ts";
export {
  type ImportedTools,
  importToolList,
  importTools,
  isToolList,
  readToolList,
  type ToolNote,
  type ToolSource,
} from "./import/tools.ts";
export { policyTypes } from "./types/types.ts";
export { COMPILER_VERSION } from "./version.ts";
export { buildPayload, type PayloadInput, type SourceFile } from "./bundle/build-payload.ts";

export {
  type ExpectedDecision,
  type ParseTestsResult,
  parsePolicyTests,
  type PolicyTestCase,
  type PolicyTests,
} from "./cases/parse.ts";
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
  DIAGNOSTIC_CODES,
} from "./diagnostics/diagnostic.ts";
export { formatDiagnostic, type FormatOptions } from "./diagnostics/format.ts";
export { nearest } from "./diagnostics/nearest.ts";
export { policyDocument } from "./document/schema.ts";
export { COMPILER_VERSION } from "./version.ts";
export { buildPayload, type PayloadInput, type SourceFile } from "./bundle/build-payload.ts";

// For programs that make or examine policies. What is here stands apart from the entry of hosts: it holds all of the
// language, and a host loads only what its policy uses.
export { validatePolicy } from "../policy/validate.ts";
export { type CompiledPattern, createPatterns, type PatternCompiler } from "../evaluate/pattern.ts";
export { isScopeEntry, isScopeResource, type WrittenDimension } from "../scopes/entries.ts";
export { createTokens } from "../redact/token.ts";

// All that hiding arguments needs, as one module to be loaded.
export { redact } from "./apply.ts";
export { createTokens } from "./token.ts";

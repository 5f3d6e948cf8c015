// All that matching patterns needs, as one module to be loaded.
export { createPatterns } from "../pattern.ts";

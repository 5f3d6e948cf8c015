// All that schemas of any keywords need, as one module to be loaded.
export { compileRichSchema } from "./compiler.ts";

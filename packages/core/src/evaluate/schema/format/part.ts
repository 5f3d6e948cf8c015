// All that formats of texts need, as one module to be loaded.
export { FORMATS } from "./formats.ts";

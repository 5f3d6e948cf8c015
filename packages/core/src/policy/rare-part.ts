// All that checking the fields needs which many policies do without, as one module to be loaded.
export { RARE_CHECKS } from "./validate-rare.ts";

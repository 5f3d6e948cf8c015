/** For documents whose code is run elsewhere in this workspace, where the package is not installed. */
export { createDeepAgent, GENERAL_PURPOSE_SUBAGENT } from "deepagents";

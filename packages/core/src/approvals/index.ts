/** For hosts that share approvals between processes, and for whoever builds a store of them. */
export { APPROVAL_STATES, approvalKey } from "./approval.ts";
export { DEFAULT_DEMAND } from "./demands.ts";
export { memoryApprovals, type MemoryApprovalsOptions } from "./memory.ts";
export { openingOf } from "./opening.ts";

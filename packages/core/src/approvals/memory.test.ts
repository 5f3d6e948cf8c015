import { testApprovalStore } from "@interlatch/conformance";
import { describe, expect, it } from "vitest";
import { memoryApprovals } from "./memory.ts";

testApprovalStore({ name: "memory", approvals: () => memoryApprovals() }, { describe, expect, it });

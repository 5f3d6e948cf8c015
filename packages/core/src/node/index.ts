import { setSha256 } from "../snapshot/hash.ts";
import { nodeSha256 } from "./sha256.ts";

// Loading this entry is what says that the platform is Node.
setSha256(nodeSha256);

export * from "./create-guard.ts";
export * from "./file-audit.ts";
export * from "./file-rollback.ts";
export * from "./file-source.ts";
export * from "./folder-source.ts";
export * from "./folder-trust-source.ts";
export * from "./key-file.ts";
export * from "./last-good.ts";
export * from "./npm-source.ts";
export * from "./record-calls.ts";
export * from "./watch-file.ts";

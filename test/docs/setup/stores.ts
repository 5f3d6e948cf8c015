import type { TrustOptions } from "@interlatch/core";
import { fileAudit } from "@interlatch/core/node";

export const bundle = "policy.bundle.json";
export const audit = fileAudit("audit");
export declare const trust: TrustOptions;

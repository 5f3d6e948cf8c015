import * as crypto from "node:crypto";

/** SHA-256 by the platform, in hexadecimal: the one-shot function where this Node has it (20.12), else a hash object. */
export function nodeSha256(input: string | Uint8Array): string {
  return typeof crypto.hash === "function"
    ? crypto.hash("sha256", input, "hex")
    : crypto.createHash("sha256").update(input).digest("hex");
}

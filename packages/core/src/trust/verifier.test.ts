import { describe, expect, it } from "vitest";
import { run } from "../../../../test/suites/wycheproof.ts";
import { encodeBase64Url } from "../bundle/base64.ts";
import { createVerifier } from "./verifier.ts";

describe("createVerifier", () => {
  it("answers all of Wycheproof's Ed25519 and P-256 signatures rightly", async () => {
    const { passed, failed, lines } = await run({ short: true });
    expect({ passed, failed }, lines.join("\n")).toEqual({ passed: 413, failed: 0 });
  });

  it("refuses a point that is not on its curve", async () => {
    const x = encodeBase64Url(new Uint8Array(32).fill(1));
    await expect(createVerifier({ kty: "EC", crv: "P-256", x, y: x })).rejects.toThrow();
  });
});

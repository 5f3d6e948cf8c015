import { makeSigner, signSeed } from "./bundle.ts";
import { Checks } from "./checks.ts";
import { frameworksAgree } from "./frameworks-agree.ts";

const now = Date.now();
const signer = await makeSigner(now);
const checks = new Checks(console.log, false);
await frameworksAgree(await signSeed(signer, now), signer.trust, checks);
console.log(`${checks.passed} passed, ${checks.failed} failed`);
if (checks.failed > 0) process.exitCode = 1;

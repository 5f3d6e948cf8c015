import { auditChain } from "./audit-chain.ts";
import { makeSigner, signSeed } from "./bundle.ts";
import { CALLS } from "./calls.ts";
import { Checks } from "./checks.ts";
import { frameworksAgree } from "./frameworks-agree.ts";
import { limitReached } from "./limit.ts";
import { refusedBundles } from "./refused-bundles.ts";

/** A message, a clamped batch, a value. */
const SHOWN = new Set(["c07", "c08", "c09"]);

const colour = process.stdout.isTTY === true && !process.env["NO_COLOR"];
const quiet = process.argv.includes("--quiet");
const checks = new Checks(console.log, colour, quiet);
const now = Date.now();

checks.heading("One policy, examples/policies/seed.yaml, compiled and signed");
const signer = await makeSigner(now);
const bundle = await signSeed(signer, now);
checks.note(
  `  trust root pinned at ${signer.trust.digest.slice(0, 23)}…, bundle of ${bundle.length} bytes`,
);

checks.heading("The same twelve calls in four frameworks, each running its own tools");
const { audits, answers } = await frameworksAgree(bundle, signer.trust, checks);

checks.heading("What the model reads (LangGraph)");
for (const { id, title, expect } of CALLS.filter(({ id }) => SHOWN.has(id))) {
  const answer: unknown = JSON.parse(answers.get(id) ?? "null");
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  checks.expect(text.includes(expect.answer), `${title}\n    ${text.replaceAll("\n", "\n    ")}`);
}

checks.heading("The limit: 100 calls in any trailing minute");
await limitReached(checks);

checks.heading("Bundles that do not load");
await refusedBundles(signer, now, checks);

checks.heading("The audit log");
auditChain(audits, checks);

console.log(`\n${checks.passed} passed, ${checks.failed} failed`);
if (checks.failed > 0) process.exitCode = 1;

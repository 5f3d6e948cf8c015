// An application reads what `interlatch build` and `interlatch sign` wrote. This one signs its own policy.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const {
  buildTrustRoot,
  generateKey,
  importPrivateKey,
  signPayload,
  signTrustRoot,
} = require("@interlatch/core/sign");
const { buildPayload, compilePolicy } = require("@interlatch/policy");

const now = Date.now();
const seconds = (time) => `${new Date(time).toISOString().slice(0, 19)}Z`;
const from = seconds(now - 3_600_000);
const until = seconds(now + 86_400_000);

const signer = generateKey().then(async ({ keyid, privateKey, publicJwk }) => {
  const only = { keyids: [keyid], threshold: 1 };
  const root = await buildTrustRoot({
    version: 1,
    expires: until,
    keys: [{ publicJwk, notBefore: from, notAfter: until }],
    roles: { root: only, bundle: only },
  });
  const key = await importPrivateKey(privateKey);
  const document = await signTrustRoot(root, [key]);
  return { key, trust: { document, digest: `sha256:${root.digest}` } };
});

async function sign() {
  const path = "policy.yaml";
  const source = { path, text: readFileSync(join(__dirname, path), "utf8") };
  const made = await compilePolicy({ files: [source] });
  if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));
  const payload = await buildPayload({
    policy: made.policy,
    version: 1,
    audience: ["example"],
    notBefore: from,
    expires: until,
    created: seconds(now),
    sources: [source],
  });
  const { key } = await signer;
  return signPayload({ kind: "policy-bundle", payload, keys: [key] });
}

module.exports = { bundle: sign(), trust: signer.then(({ trust }) => trust) };

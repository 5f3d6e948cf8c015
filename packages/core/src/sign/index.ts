export { type GeneratedKey, generateKey, importPrivateKey, type SigningKey } from "./key.ts";
export { type CountedSignatures, countSignatures } from "./count-signatures.ts";
export {
  attachSignature,
  type DetachedSignature,
  detachSignature,
  readDetachedSignature,
  unsignedEnvelope,
} from "./detached.ts";
export { addSignature, type SignOptions, signPayload } from "./sign.ts";
export {
  buildTrustRoot,
  type BuiltTrustRoot,
  signTrustRoot,
  type TrustRootInput,
  type TrustRootKey,
} from "./trust-root.ts";
export {
  buildStatus,
  type BuiltStatus,
  isSignedBy,
  readStatusDocument,
  type StatusInput,
} from "./status.ts";
export type { CurrentBundle, KillSwitch, StatusDocument } from "../status/document.ts";
export { killWords } from "../status/words.ts";
export {
  MAX_STATUS_LIFE_MS,
  type StatusVerifyOptions,
  type VerifiedStatus,
  verifyStatus,
} from "../status/verify.ts";
export {
  type DocumentKind,
  type Envelope,
  type EnvelopeSignature,
  payloadTypeOf,
  readAnyEnvelope,
} from "../bundle/envelope.ts";
export { payloadDigest } from "../bundle/digest.ts";
export {
  checkTrustRootDocument,
  ROLES,
  type RoleName,
  type TrustedKey,
  type TrustRole,
  type TrustRoles,
  type TrustRootDocument,
} from "../trust/document.ts";
export { type Algorithm, algorithmOf, type PublicJwk, thumbprint } from "../trust/jwk.ts";

export { type GeneratedKey, generateKey, importPrivateKey, type SigningKey } from "./key.ts";
export { addSignature, type SignOptions, signPayload } from "./sign.ts";
export {
  buildTrustRoot,
  type BuiltTrustRoot,
  signTrustRoot,
  type TrustRootInput,
  type TrustRootKey,
} from "./trust-root.ts";
export {
  type DocumentKind,
  type Envelope,
  type EnvelopeSignature,
  payloadTypeOf,
  readAnyEnvelope,
} from "../bundle/envelope.ts";
export { payloadDigest } from "../bundle/digest.ts";
export {
  ROLES,
  type RoleName,
  type TrustedKey,
  type TrustRole,
  type TrustRoles,
  type TrustRootDocument,
} from "../trust/document.ts";
export { type Algorithm, algorithmOf, type PublicJwk, thumbprint } from "../trust/jwk.ts";

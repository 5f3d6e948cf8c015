import { killWords, type StatusDocument } from "@interlatch/core/sign";
import { shown, visible } from "../output.ts";

/** What a status says, a line each. */
export function statusLines(document: StatusDocument): readonly string[] {
  const { version, audience, issued, expires, streams, revoked, kill } = document;
  const { reason } = kill;
  return [
    `  version ${version} for ${audience.join(", ")}, from ${issued} until ${expires}`,
    ...Object.entries(streams).map(
      ([id, { version: current, digest, minVersion }]) =>
        `  current  ${id} version ${current}, sha256:${digest}${minVersion === undefined ? "" : `, at least ${minVersion}`}`,
    ),
    ...revoked.bundles.map((digest) => `  revoked  bundle sha256:${digest}`),
    ...revoked.keys.map((keyid) => `  revoked  key ${keyid}`),
    ...killWords(kill).map((what) => `  killed   ${visible(what)}`),
    ...(reason === undefined ? [] : [`  because  ${shown(reason)}`]),
  ];
}

import type { BundlePayload, FileDigest, Policy } from "@interlatch/core";
import { payloadDigest } from "@interlatch/core/sign";
import { COMPILER_VERSION } from "../version.ts";

/** A source file as it was compiled. */
export interface SourceFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** What stands in a bundle beside the policy. All of it is given, so that the same input gives the same bytes. */
export interface PayloadInput {
  readonly policy: Policy;
  readonly version: number;
  readonly audience: readonly string[];
  /** `YYYY-MM-DDThh:mm:ssZ`. */
  readonly notBefore: string;
  readonly expires: string;
  readonly created: string;
  readonly change?: string;
  readonly sources: readonly SourceFile[];
  readonly tests?: {
    readonly files: readonly SourceFile[];
    readonly cases: number;
    /** 0 to 1. */
    readonly coverage: number;
  };
}

/**
 * The payload of a bundle: the bytes that are signed. Reads no clock and no file; reproducible byte for byte.
 *
 * @example
 * ```ts
 * import { buildPayload, compilePolicy } from "@interlatch/policy";
 * const file = { path: "policy.yaml", text: "interlatch: 1\nid: shop\nrules: []\n" };
 * const made = await compilePolicy({ files: [file] });
 * if (made.ok) {
 *   const payload = await buildPayload({
 *     policy: made.policy,
 *     version: 1,
 *     audience: ["prod"],
 *     notBefore: "2026-01-01T00:00:00Z",
 *     expires: "2026-01-31T00:00:00Z",
 *     created: "2026-01-01T00:00:00Z",
 *     sources: [file],
 *   });
 *   console.log(payload.length);
 * }
 * ```
 */
export async function buildPayload(input: PayloadInput): Promise<Uint8Array<ArrayBuffer>> {
  const { policy, tests } = input;
  const payload: BundlePayload = {
    format: 1,
    id: policy.id,
    version: input.version,
    audience: input.audience,
    notBefore: input.notBefore,
    expires: input.expires,
    engine: policy.engine,
    policy,
    sources: await digests(input.sources),
    tests: {
      files: await digests(tests?.files ?? []),
      cases: tests?.cases ?? 0,
      coverage: tests?.coverage ?? 0,
    },
    compiler: { version: COMPILER_VERSION },
    created: input.created,
    ...(input.change === undefined ? {} : { change: input.change }),
  };
  return new TextEncoder().encode(`${JSON.stringify(payload)}\n`);
}

async function digests(files: readonly SourceFile[]): Promise<readonly FileDigest[]> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const encoder = new TextEncoder();
  return Promise.all(
    sorted.map(async ({ path, text }) => ({
      path,
      sha256: await payloadDigest(encoder.encode(text)),
    })),
  );
}

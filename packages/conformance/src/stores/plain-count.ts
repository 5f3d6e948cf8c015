import type { LimitClaim } from "@interlatch/core";

/** Limits counted in the plainest way there is, to judge a store by. */
export interface PlainCount {
  fits(claims: readonly LimitClaim[], now: number): boolean;
  take(claims: readonly LimitClaim[], now: number): void;
}

/** Keeps every unit ever taken and looks at all of them. */
export function plainCount(): PlainCount {
  const taken: { readonly key: string; readonly time: number }[] = [];
  return {
    fits: (claims, now) =>
      claims.every(({ key, max, windowMs }) => {
        const inWindow = taken.filter((unit) => unit.key === key && unit.time + windowMs > now);
        const wanted = claims.filter((claim) => claim.key === key);
        return inWindow.length + wanted.length <= max;
      }),
    take: (claims, now) => {
      for (const { key } of claims) taken.push({ key, time: now });
    },
  };
}

import type { AgentProfile } from "@interlatch/core";

/** Resources inside what a profile lists, and just outside: URLs, hosts, addresses, paths. */
export function samplesOfScope({ endpoints, network, paths }: AgentProfile): readonly string[] {
  return [
    ...(endpoints ?? []).map(withoutStars),
    ...(network ?? []).flatMap((listed) => {
      const host = withoutStars(listed.split("/")[0] ?? listed);
      return [`https://${host}/`, host];
    }),
    ...Object.keys(paths ?? {}).flatMap((path) => [path, `${path}/x`, `${path}x`]),
  ];
}

function withoutStars(glob: string): string {
  return glob.replaceAll(/\*+/g, "x");
}

import { InterlatchError, type Reviewer } from "@interlatch/core";

/** Checks whose answers are to count, when a mistake can still be told to whoever made it. Throws `ERR_OPTIONS`. */
export function checkReviewer(reviewer: Reviewer | undefined): Reviewer | undefined {
  if (reviewer === undefined) return undefined;
  const { id, groups = [] } = (reviewer ?? {}) as Partial<Reviewer>; // hosts without types give what they like
  if (isName(id) && Array.isArray(groups) && groups.every(isName))
    return { id, groups: [...groups] };
  throw new InterlatchError(
    "ERR_OPTIONS",
    "`reviewer` must be { id, groups? }: a text, and a list of texts. Leave `groups` out for a person without any.",
  );
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

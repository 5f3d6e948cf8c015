import type { Redaction } from "../policy/ir.ts";

/** What is hidden below one place of the arguments. Places that several paths share are one. */
export interface RedactionPlan {
  /** How the value here is replaced as a whole; `null`: only what lies below it is. */
  readonly as: Redaction["as"] | null;
  /** As in `arguments.items.*.secret`. */
  readonly path: string;
  readonly fields: ReadonlyMap<string, RedactionPlan>;
  /** What is hidden in every item of a list. */
  readonly items: RedactionPlan | null;
}

interface Node extends RedactionPlan {
  as: Redaction["as"] | null;
  readonly fields: Map<string, Node>;
  items: Node | null;
}

const ITEMS = "*";

/** The redactions of several rules as one; `null` where there are none. A path that is named twice is one: the mark wins. */
export function planRedactions(redactions: readonly Redaction[]): RedactionPlan | null {
  if (redactions.length === 0) return null;
  const root = nodeAt("arguments");
  for (const { paths, as } of redactions) {
    for (const path of paths) {
      const node = path.reduce(childOf, root);
      if (node.as !== "mark") node.as = as;
    }
  }
  return root;
}

function nodeAt(path: string): Node {
  return { as: null, path, fields: new Map(), items: null };
}

function childOf(parent: Node, name: string): Node {
  const path = `${parent.path}.${name}`;
  if (name === ITEMS) return (parent.items ??= nodeAt(path));
  const known = parent.fields.get(name);
  if (known !== undefined) return known;
  const made = nodeAt(path);
  parent.fields.set(name, made);
  return made;
}

/** What the second plan hides and the first has not hidden already; `null` where that is nothing. */
export function beyond(
  first: RedactionPlan | null,
  second: RedactionPlan | null,
): RedactionPlan | null {
  if (first === null || second === null) return second;
  // Nothing of what stood here, or below, is there any more.
  if (first.as !== null && (first.as === "mark" || second.as !== "mark")) return null;
  const fields = new Map<string, RedactionPlan>();
  for (const [name, plan] of second.fields) {
    const left = first.as === null ? beyond(first.fields.get(name) ?? null, plan) : null;
    if (left !== null) fields.set(name, left);
  }
  const items = first.as === null ? beyond(first.items, second.items) : null;
  if (second.as === null && fields.size === 0 && items === null) return null;
  return { as: second.as, path: second.path, fields, items };
}

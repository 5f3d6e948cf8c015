import { readPath, type ResolvedPath } from "../evaluate/functions/path.ts";
import { spend, textCost } from "../evaluate/cost.ts";
import type { CallScope, CostBudget } from "../evaluate/scope.ts";
import { EvaluationError } from "../evaluate/value.ts";
import type { Parts } from "../parts/parts.ts";
import type { Access, Resources, ValueTemplate } from "../policy/ir.ts";
import { isUrlLike } from "./endpoint.ts";
import { type Peer, readPeer } from "./network.ts";
import { compileTexts } from "./texts.ts";
import { UNLIMITED } from "./unlimited.ts";
import { readUrl, type ScopeUrl } from "./url.ts";

/** What profiles restrict, one by one. */
export const DIMENSIONS = ["databases", "endpoints", "network", "paths"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/**
 * One thing that a call touches, read once for all profiles. What could not be read is in no profile: an expression
 * that errs or gives no text, a path or a host that is none.
 */
export type Touch =
  | { readonly dimension: "databases"; readonly text: string; readonly access: Access }
  | { readonly dimension: "endpoints"; readonly text: string; readonly url: ScopeUrl | null }
  | { readonly dimension: "network"; readonly text: string; readonly peer: Peer | null }
  | {
      readonly dimension: "paths";
      readonly text: string;
      readonly path: ResolvedPath | null;
      readonly access: Access;
    }
  | { readonly dimension: Dimension; readonly text: null };

/** What a tool touches: the same in every call, and what comes from the call. */
export interface CompiledResources {
  readonly fixed: readonly Touch[];
  /** `null`: nothing comes from the call. */
  readonly read: ((scope: CallScope, budget: CostBudget) => readonly Touch[]) | null;
}

const NOTHING: CompiledResources = { fixed: [], read: null };

/** One template, and how its texts are read. */
interface Source {
  readonly dimension: Dimension;
  readonly template: ValueTemplate;
  touch(text: string, budget: CostBudget): Touch;
}

/**
 * Compiles what a tool touches.
 *
 * @throws InterlatchError `ERR_BUNDLE_POLICY`, as `compileExpression`
 */
export function compileResources(
  resources: Resources | undefined,
  parts: Parts,
): CompiledResources {
  if (resources === undefined) return NOTHING;
  const fixed: Touch[] = Object.entries(resources.databases ?? {}).map(([text, access]) => ({
    dimension: "databases",
    text,
    access,
  }));
  const readers: ((scope: CallScope, budget: CostBudget, into: Touch[]) => void)[] = [];
  for (const { dimension, template, touch } of sourcesOf(resources)) {
    if (template.kind === "literal") {
      const { value } = template;
      const made = typeof value === "string" ? touch(value, UNLIMITED) : { dimension, text: null };
      fixed.push(made);
      continue;
    }
    const texts = compileTexts(template, parts);
    readers.push((scope, budget, into) => {
      const made = texts(scope, budget);
      if (made === undefined) into.push({ dimension, text: null });
      else for (const text of made) into.push(touch(text, budget));
    });
  }
  if (readers.length === 0) return { fixed, read: null };
  const read = (scope: CallScope, budget: CostBudget): readonly Touch[] => {
    const touches: Touch[] = [];
    for (const reader of readers) reader(scope, budget, touches);
    return touches;
  };
  return { fixed, read };
}

function sourcesOf({ endpoints = [], network = [], paths = [] }: Resources): readonly Source[] {
  return [
    ...endpoints.map((template): Source => ({
      dimension: "endpoints",
      template,
      touch: touchEndpoint,
    })),
    ...network.map((template): Source => ({ dimension: "network", template, touch: touchHost })),
    ...paths.map(({ path, access }): Source => ({
      dimension: "paths",
      template: path,
      touch: (text, budget) => touchPath(text, access, budget),
    })),
  ];
}

/** An endpoint by its name or its URL. */
export function touchEndpoint(text: string, budget: CostBudget): Touch {
  const url = mayRead(text, budget) && isUrlLike(text) ? readUrl(text, budget) : null;
  return { dimension: "endpoints", text, url };
}

/** A host by its name, its address or a URL. */
export function touchHost(text: string, budget: CostBudget): Touch {
  const peer = mayRead(text, budget) ? readPeer(text, budget) : null;
  return { dimension: "network", text, peer };
}

/** A file or folder. */
export function touchPath(text: string, access: Access, budget: CostBudget): Touch {
  const path = mayRead(text, budget) ? readPath(text, budget) : null;
  return {
    dimension: "paths",
    text,
    path: path instanceof EvaluationError ? null : path,
    access,
  };
}

/** Longer texts are neither a URL nor a host nor a path, and are not looked through to find that out. */
const LONGEST = 8_192;

/** Pays for a first look at a text; `false` where it is too long or nothing is left. */
function mayRead(text: string, budget: CostBudget): boolean {
  return text.length <= LONGEST && spend(budget, 2 + textCost(text.length));
}

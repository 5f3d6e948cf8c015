import { isUnder, readPath, type ResolvedPath } from "../evaluate/functions/path.ts";
import { spend } from "../evaluate/cost.ts";
import type { CostBudget } from "../evaluate/scope.ts";
import { EvaluationError } from "../evaluate/value.ts";
import type { Access, AgentProfile } from "../policy/ir.ts";
import { type Endpoint, matchesUrl, readEndpoint } from "./endpoint.ts";
import { holdsPeer, type NetworkPart, readNetworkPart } from "./network.ts";
import type { Touch } from "./touch.ts";
import { UNLIMITED } from "./unlimited.ts";

/** All that one profile lets a call touch. What it does not list is outside. */
export interface Ceiling {
  /** Whether the thing is inside. Charges the budget; once that is spent, nothing is. */
  holds(touch: Touch, budget: CostBudget): boolean;
}

/**
 * Compiles what a profile lists. Entries that cannot be read were refused by `validatePolicy`; were one here all the
 * same, nothing would match it.
 */
export function compileCeiling(profile: AgentProfile): Ceiling {
  const databases = new Map(Object.entries(profile.databases ?? {}));
  const endpoints = (profile.endpoints ?? []).map(readEndpoint).filter(isRead<Endpoint>);
  const names = new Set(endpoints.flatMap((one) => ("name" in one ? [one.name] : [])));
  const urls = endpoints.flatMap((one) => ("url" in one ? [one.url] : []));
  const network = (profile.network ?? []).map(readNetworkPart).filter(isRead<NetworkPart>);
  const directories = Object.entries(profile.paths ?? {}).flatMap(directoryOf);
  return {
    holds(touch, budget) {
      if (touch.text === null) return false;
      switch (touch.dimension) {
        case "databases":
          return spend(budget, 1) && includes(databases.get(touch.text), touch.access);
        case "endpoints": {
          const { url } = touch;
          if (url === null) return spend(budget, 1) && names.has(touch.text);
          return urls.some((one) => matchesUrl(one, url, budget));
        }
        case "network": {
          const { peer } = touch;
          return peer !== null && network.some((part) => holdsPeer(part, peer, budget));
        }
        case "paths": {
          const { path, access } = touch;
          if (path === null) return false;
          return directories.some(
            (one) =>
              spend(budget, 1) && includes(one.access, access) && isUnder(path, one.directory),
          );
        }
      }
    },
  };
}

function isRead<Entry>(entry: Entry | null): entry is Entry {
  return entry !== null;
}

/** `write` includes `read`. */
function includes(held: Access | undefined, wanted: Access): boolean {
  return held === "write" || held === wanted;
}

function directoryOf([path, access]: readonly [string, Access]): readonly {
  readonly directory: ResolvedPath;
  readonly access: Access;
}[] {
  const directory = readDirectory(path);
  return directory === null ? [] : [{ directory, access }];
}

/** A star, for a directory holds all below it as it is; `..`, for a reader would have to resolve it. */
const NOT_DIRECTORY = /\*|(?:^|\/)\.\.(?:\/|$)/;

/** Reads a directory of a profile; `null` where it is none. */
export function readDirectory(text: string): ResolvedPath | null {
  if (NOT_DIRECTORY.test(text)) return null;
  const path = readPath(text, UNLIMITED);
  return path instanceof EvaluationError ? null : path;
}

import { ownOptions } from "../bundle/own-options.ts";
import type { RollbackStore } from "../bundle/rollback.ts";
import { InterlatchError } from "../errors/errors.ts";
import { compileGlob } from "../evaluate/functions/glob.ts";
import type { Arrival, ArrivalHost, openArrival } from "../guard/arrival.ts";
import type { LoadedBundle } from "../guard/bundles.ts";
import { loading } from "../parts/load.ts";
import { StreamKeeper } from "./keeper.ts";
import type { StreamGuardOptions, StreamOptions } from "./options.ts";

/** No name of a tool holds it, so that `*` goes over every other character. */
const NO_SEPARATOR = "\0";
const STREAM_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/**
 * Opens each stream, and joins them to one.
 *
 * @param open - handed over, so that what every guard loads does not have to be shared out over two files
 * @throws ERR_OPTIONS; and what the first stream throws that cannot be opened
 */
export async function openStreams(
  { streams: given, rollback }: StreamGuardOptions,
  host: ArrivalHost,
  open: typeof openArrival,
): Promise<Arrival> {
  const streams = readStreams(given);
  const { redact } = await loading("redaction", () => import("../redact/part.ts"));
  const opened: Opened[] = [];
  const close = (): void => opened.forEach(({ arrival }) => arrival.close());
  try {
    for (const stream of streams) {
      const covers = coverageOf(stream);
      const options = { ...stream, rollback: ownKeys(rollback, stream.name) };
      const admit = (bundle: LoadedBundle): void => checkUse(stream.name, bundle, covers);
      opened.push({
        name: stream.name,
        covers,
        arrival: await open(options, { ...host, admit }),
      });
    }
  } catch (error) {
    close();
    throw error;
  }
  const kept = opened.map(({ name, covers, arrival: { keeper } }) => ({ name, covers, keeper }));
  const keeper = new StreamKeeper(kept, { redact, tokens: host.tokens });
  return { keeper, shadow: null, status: statusOf(opened, keeper), close };
}

interface Opened {
  readonly name: string;
  readonly arrival: Arrival;
  covers(tool: string): boolean;
}

/** Sorted by name. Read once, so that what is demanded later does not change with the host's objects. */
function readStreams(given: readonly StreamOptions[]): readonly StreamOptions[] {
  if (!Array.isArray(given) || given.length === 0) throw wrong("there are no streams");
  // What `Array.isArray` has found is the list that was given.
  const streams = (given as readonly StreamOptions[]).map((each) => ownOptions(each));
  const names = new Set(streams.map(({ name }) => name));
  if (names.size < streams.length) throw wrong("two streams have one name");
  for (const { name, bundle, trust, uses } of streams) {
    if (typeof name !== "string" || !STREAM_NAME.test(name)) {
      throw wrong("each needs a name of letters, digits, `_` and `-`");
    }
    if (bundle === undefined || trust === undefined) throw wrong(`${name} needs bundle and trust`);
    if (uses !== undefined && !isListOfTexts(uses?.tools)) {
      throw wrong(`\`uses\` of ${name} is \`{ tools: […] }\` with names`);
    }
  }
  return streams.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function coverageOf({ uses }: StreamOptions): (tool: string) => boolean {
  if (uses === undefined) return () => true;
  const globs = uses.tools.map((tool) => compileGlob(tool, NO_SEPARATOR));
  return (tool) => globs.some((glob) => glob.matches(tool));
}

function checkUse(
  name: string,
  { evaluator }: LoadedBundle,
  covers: (tool: string) => boolean,
): void {
  const { tools, pins = {} } = evaluator.policy;
  const strange = [...Object.keys(tools), ...Object.keys(pins)].find((tool) => !covers(tool));
  if (strange === undefined) return;
  throw new InterlatchError(
    "ERR_BUNDLE_STREAM",
    `The bundle of the stream ${name} speaks about the tool ${strange}, which it may not: see \`uses\`.`,
  );
}

/** Two streams may have bundles of one id, and each has a root of its own. */
function ownKeys(store: RollbackStore, name: string): RollbackStore {
  const own = (key: string): string => `stream:${name}:${key}`;
  const { seen } = store;
  return {
    get: (key) => store.get(own(key)),
    advance: (key, entry) => store.advance(own(key), entry),
    // The clock is the host's own, whatever stream looks at it.
    ...(seen === undefined ? {} : { seen: (now: number) => seen.call(store, now) }),
  };
}

/** A call that the status of any stream stops is stopped. */
function statusOf(opened: readonly Opened[], keeper: StreamKeeper): Arrival["status"] {
  const statuses = opened.map(({ arrival }) => arrival.status);
  if (statuses.every((status) => status === null)) return null;
  return {
    stop(call, run, bundle) {
      const parts = keeper.partsOf(bundle);
      for (const [index, status] of statuses.entries()) {
        const part = parts[index];
        if (status === null) continue;
        if (part === undefined) throw new Error("a bundle of another guard");
        const stopped = status.stop(call, run, part);
        if (stopped !== null) return stopped;
      }
      return null;
    },
    join: (guard) => statuses.reduce((joined, status) => status?.join(joined) ?? joined, guard),
  };
}

function wrong(why: string): InterlatchError {
  return new InterlatchError("ERR_OPTIONS", `createGuard: ${why}.`);
}

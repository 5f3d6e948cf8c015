import { answerDigest, askedIn, type Asked } from "./question.ts";
import type { ReviewRun } from "./options.ts";

/** What the thread holds of this task's questions and answers, as it was when the run began. */
export interface Standing {
  /** What the last interrupt of this task asked; `undefined`: it has asked nothing. */
  readonly asked: Asked | undefined;
  /** How many answers this task has had before this run. They were taken then, in the name of whoever gave them. */
  readonly answered: number;
  /** Whether nothing else in the thread waits, so that an answer without a name can only be for this. */
  readonly alone: boolean;
  /** Whether this run answers by the id of the interrupt, which no earlier answer can do. */
  readonly byId: boolean;
  /** Digests of answers without an interrupt's id that the thread holds. */
  readonly heard: readonly string[];
}

/** LangGraph's own names: of an interrupt and of an answer among a checkpoint's pending writes, and of no task. */
const INTERRUPT = "__interrupt__";
const RESUME = "__resume__";
const NO_TASK = "00000000-0000-0000-0000-000000000000";

type Write = readonly [task: string, channel: string, value: unknown];
interface Checkpointer {
  getTuple(config: object): Promise<{ readonly pendingWrites?: readonly Write[] } | undefined>;
}

/** Whether the run can stop, be kept, and go on later. */
export function canInterrupt({ interrupt, configurable }: ReviewRun): boolean {
  return typeof interrupt === "function" && checkpointerOf(configurable) !== undefined;
}

/**
 * Reads what this task asked before. LangGraph gives a resume to whichever question comes first, and some answers a
 * second time; only the checkpoint tells which question an answer was for. Where it cannot be read nothing was asked,
 * and no answer of the resume counts.
 */
export async function standingOf({ configurable }: ReviewRun): Promise<Standing> {
  const place = placeOf(configurable);
  const own = await writesOf(configurable, place.parent);
  const root = place.parent === "" ? own : await writesOf(configurable, "");
  const of = (writes: readonly Write[], channel: string, task?: string): readonly unknown[] =>
    writes
      .filter(([by, name]) => name === channel && (task === undefined || by === task))
      .flatMap(([, , value]) => value);
  const last = of(own, INTERRUPT, place.task).at(-1);
  const { id, value } = isInterrupt(last) ? last : { id: undefined, value: undefined };
  const given: unknown = configurable?.["__pregel_resume_map"];
  return {
    asked: askedIn(value),
    answered: of(own, RESUME, place.task).length,
    alone: of(root, INTERRUPT).length <= 1,
    byId:
      typeof given === "object" && given !== null && id !== undefined && Object.hasOwn(given, id),
    heard: [...own, ...root]
      .filter(([by, name]) => by === NO_TASK && name === RESUME)
      .flatMap(([, , answer]) => answerDigest(answer) ?? []),
  };
}

/** Which task of which graph this is: `agent:1f…|policy:3d…` is the task `3d…` of the graph at `agent:1f…`. */
function placeOf(configurable: ReviewRun["configurable"]): {
  readonly parent: string;
  readonly task: string;
} {
  const path = String(configurable?.["checkpoint_ns"] ?? "");
  const end = path.lastIndexOf("|");
  return {
    parent: end < 0 ? "" : path.slice(0, end),
    task: path.slice(path.lastIndexOf(":") + 1),
  };
}

async function writesOf(
  configurable: ReviewRun["configurable"],
  checkpoint_ns: string,
): Promise<readonly Write[]> {
  const ids = configurable?.["checkpoint_map"];
  const checkpoint_id: unknown =
    typeof ids === "object" && ids !== null && Object.hasOwn(ids, checkpoint_ns)
      ? (ids as Readonly<Record<string, unknown>>)[checkpoint_ns]
      : undefined;
  const { thread_id } = configurable ?? {};
  try {
    const tuple = await checkpointerOf(configurable)?.getTuple({
      configurable: { thread_id, checkpoint_ns, checkpoint_id },
    });
    return tuple?.pendingWrites ?? [];
  } catch {
    return [];
  }
}

function checkpointerOf(configurable: ReviewRun["configurable"]): Checkpointer | undefined {
  const saver = configurable?.["__pregel_checkpointer"];
  const isSaver =
    typeof saver === "object" &&
    saver !== null &&
    "getTuple" in saver &&
    typeof saver.getTuple === "function";
  return isSaver ? (saver as Checkpointer) : undefined; // the framework's own interface
}

function isInterrupt(
  written: unknown,
): written is { readonly id?: string | undefined; readonly value: unknown } {
  return typeof written === "object" && written !== null && "value" in written;
}

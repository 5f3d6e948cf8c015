import type { ApprovalResult, GuardApprovals } from "../approvals/answers.ts";
import type { Judged } from "./judge.ts";
import type { ReviewsLoader } from "./parts.ts";
import { textOf } from "./host-parts.ts";
import type { ReviewParts, Reviews } from "./reviews.ts";

/** Reviews that are loaded when the first call needs one, or the host asks for its approvals. */
export class LazyReviews implements ReviewsLoader {
  readonly #parts: ReviewParts;
  #loading: Promise<Reviews> | null = null;
  #loaded: Reviews | null = null;
  #isClosed = false;

  constructor(parts: ReviewParts) {
    this.#parts = parts;
  }

  get isUsed(): boolean {
    return this.#loading !== null;
  }

  holds(judged: Judged): boolean {
    return this.#loaded !== null && this.#loaded.holds(judged);
  }

  load(): Promise<Reviews> {
    return (this.#loading ??= this.#make());
  }

  /** Ends the waiting of calls. */
  close(): void {
    this.#isClosed = true;
    // What could not be loaded waits for nothing.
    this.#loading?.then((reviews) => reviews.close()).catch(() => undefined);
  }

  async #make(): Promise<Reviews> {
    try {
      const { Reviews } = await import("./reviews.ts");
      const reviews = new Reviews(this.#parts);
      if (this.#isClosed) reviews.close();
      return (this.#loaded = reviews);
    } catch (error) {
      this.#loading = null; // the next call tries again
      throw error;
    }
  }
}

/** What a host sees of them. */
export function approvalsOf(reviews: ReviewsLoader): GuardApprovals {
  const answered = async (
    answer: (loaded: GuardApprovals) => Promise<ApprovalResult>,
  ): Promise<ApprovalResult> => {
    try {
      return await answer((await reviews.load()).approvals);
    } catch (error) {
      return { ok: false, code: "store_unavailable", why: textOf(error) };
    }
  };
  return {
    list: async (filter) => (await reviews.load()).approvals.list(filter),
    get: async (id) => (await reviews.load()).approvals.get(id),
    decide: (answer) => answered((loaded) => loaded.decide(answer)),
    cancel: (request) => answered((loaded) => loaded.cancel(request)),
  };
}

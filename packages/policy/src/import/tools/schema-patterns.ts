import { isInterlatchError } from "@interlatch/core";
import { PatternSources } from "../../patterns/compile.ts";
import { loadRe2 } from "../../patterns/re2.ts";

/** Asks RE2 about the patterns of schemas, which their authors wrote for another engine. */
export class SchemaPatterns {
  readonly #sources: PatternSources;

  private constructor(sources: PatternSources) {
    this.#sources = sources;
  }

  static async load(): Promise<SchemaPatterns> {
    return new SchemaPatterns(new PatternSources(await loadRe2()));
  }

  /** Why a policy cannot hold a pattern; `undefined` where it can. */
  refusal(pattern: string): string | undefined {
    try {
      this.#sources.compile(pattern);
      return undefined;
    } catch (error) {
      if (isInterlatchError(error, "ERR_BUNDLE_POLICY")) return error.message;
      throw error;
    }
  }
}

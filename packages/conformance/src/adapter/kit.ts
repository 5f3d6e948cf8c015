import type { Runner } from "../runner.ts";
import type { AdapterUnderTest } from "./adapter.ts";

/** What each group of checks works with. */
export interface Kit {
  readonly adapter: AdapterUnderTest;
  readonly expect: Runner["expect"];
  /** One test of one requirement. */
  check(id: string, title: string, body: () => Promise<void>): void;
  /** That a text holds these words. */
  tells(text: string, words: string): void;
}

/** The kit over an adapter, told to a test runner. */
export function kitFor(adapter: AdapterUnderTest, { it, expect }: Runner): Kit {
  return {
    adapter,
    expect,
    check: (id, title, body) => it(`[${id}] ${title}`, body),
    tells: (text, words) =>
      expect({ text, tells: text.includes(words) }).toEqual({ text, tells: true }),
  };
}

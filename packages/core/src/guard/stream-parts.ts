import { isAsyncGenerator, isStream } from "./execution.ts";

type Parts = AsyncGenerator<unknown, unknown, unknown>;

/** What a tool that was declared a stream gave: as it is, or as its parts where its class is not the platform's. */
export function streamOf<Result>(made: Result): Result {
  // Whoever declared a stream reads it part by part, whatever class it has.
  return isStream(made) && !isAsyncGenerator(made) ? (allParts(made) as Result) : made;
}

/** The parts of a stream of any class. */
export async function* allParts(stream: AsyncIterable<unknown>): Parts {
  // What a generator returns is its result in some frameworks.
  return yield* stream;
}

/** A stream of one part. Some frameworks take the last part for the result, others what the generator returns. */
export async function* onePart(part: unknown): Parts {
  yield part;
  return part;
}

/** A stream that was left before anything began. */
export async function* noParts(): Parts {
  return yield* [];
}

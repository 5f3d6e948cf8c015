import { type ErrorCode, InterlatchError, isInterlatchError } from "@interlatch/core";

/** How long a database may take to answer where the host does not say, in milliseconds. */
export const TIMEOUT_MS = 5_000;

/** The code that a store fails with. */
type StoreCode = Extract<ErrorCode, "ERR_STORE" | "ERR_ROLLBACK_STATE">;

/** Runs what asks a database; whatever fails becomes an error of interlatch. */
export function answering<T>(code: StoreCode, database: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw failure(code, database, error);
  }
}

/** The same for a database that answers later. */
export async function answered<T>(
  code: StoreCode,
  database: string,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw failure(code, database, error);
  }
}

function failure(code: StoreCode, database: string, cause: unknown): InterlatchError {
  if (isInterlatchError(cause, code)) return cause;
  const why = cause instanceof Error && cause.message !== "" ? cause.message : String(cause);
  return new InterlatchError(code, `${database} gives no answer: ${why}`, { cause });
}

/**
 * Waits no longer than so many milliseconds: a server that accepts and never answers must not keep a call for ever.
 *
 * @param late - told once it is too late
 */
export async function within<T>(
  timeoutMs: number,
  work: Promise<T>,
  late: () => void = () => undefined,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late();
      reject(new Error(`it took longer than ${timeoutMs} ms`));
    }, timeoutMs);
  });
  // Nobody waits for it once it is too late.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}

/** A value now, or a promise of it: what the call path passes on so that it stays synchronous where nothing waits. */
export type Awaitable<Value> = Value | Promise<Value>;

/** Whether a value is waited for by `await`. A function with a `then`, as query builders have it, is too. */
export function isPromise<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    "then" in value &&
    typeof value.then === "function"
  );
}

/** Goes on with a value at once, or once its promise settles. */
export function when<Value, Next>(
  value: Awaitable<Value>,
  next: (value: Value) => Awaitable<Next>,
): Awaitable<Next> {
  // A store's promise need not be one of the platform's: what its `then` gives back may be anything.
  return isPromise(value) ? Promise.resolve(value).then(next) : next(value);
}

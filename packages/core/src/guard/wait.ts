/** A value now, or a promise of it: what the call path passes on so that it stays synchronous where nothing waits. */
export type Awaitable<Value> = Value | Promise<Value>;

export function isPromise<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Goes on with a value at once, or once its promise settles. */
export function when<Value, Next>(
  value: Awaitable<Value>,
  next: (value: Value) => Awaitable<Next>,
): Awaitable<Next> {
  return isPromise(value) ? value.then(next) : next(value);
}

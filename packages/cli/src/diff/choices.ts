/** One choice for each slot, by index. */
export type Choice = readonly number[];

/** Every combination, by the number of candidates of each slot. */
export function* allChoices(sizes: readonly number[]): Generator<Choice> {
  const choice = sizes.map(() => 0);
  for (;;) {
    yield [...choice];
    let slot = 0;
    while (slot < sizes.length && (choice[slot] ?? 0) + 1 === sizes[slot]) choice[slot++] = 0;
    if (slot === sizes.length) return;
    choice[slot] = (choice[slot] ?? 0) + 1;
  }
}

/** Every choice that differs from another in one slot. */
export function* singleChanges(base: Choice, sizes: readonly number[]): Generator<Choice> {
  for (const [slot, size] of sizes.entries()) {
    for (let index = 1; index < size; index += 1) yield base.with(slot, index);
  }
}

/** A choice that differs from another in up to three slots. */
export function changed(from: Choice, sizes: readonly number[], random: () => number): Choice {
  const choice = [...from];
  const count = 1 + Math.floor(random() * 3);
  for (let change = 0; change < count; change += 1) {
    const slot = Math.floor(random() * sizes.length);
    choice[slot] = Math.floor(random() * (sizes[slot] ?? 1));
  }
  return choice;
}

/** A fixed sequence of numbers from 0 up to 1 (a linear congruential generator, Numerical Recipes' constants): a report must not change from run to run. */
export function randomNumbers(): () => number {
  let state = 20_260_101;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

import { everyReviewer, testGuard } from "@interlatch/core/testing";
import { jest } from "@jest/globals";
import { refund } from "./desk.js";

const call = { id: "c1", arguments: { amount: 50 } };

async function desk(effect, options) {
  const guard = await testGuard({ refund: effect }, options);
  return { guard, ticket: guard.ticket(), pay: jest.fn() };
}

test("the desk tells the model what it paid", async () => {
  const allowed = await desk("allow");
  expect(await refund(allowed, call)).toBe("Refunded 50.");
  expect(allowed.pay).toHaveBeenCalledWith(50);
});

test("the desk tells the model that it may not", async () => {
  const denied = await desk("deny");
  expect(await refund(denied, call)).toContain("forbids");
  expect(denied.pay).not.toHaveBeenCalled();
  expect(denied.guard.decisions).toMatchObject([{ tool: "refund", decision: { effect: "deny" } }]);
});

test.each([
  ["approve", 1],
  ["reject", 0],
])("where a person says %s, the desk pays %i times", async (answer, times) => {
  const onReview = (request) => everyReviewer(request, answer);
  const asked = await desk("review", { onReview });
  await refund(asked, call);
  expect(asked.pay).toHaveBeenCalledTimes(times);
});

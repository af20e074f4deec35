import { expect, test } from "vitest";
import type { ListedWork } from "./class_api.ts";
import { nextToReview, ordered, type WorkOrder } from "./work_order.ts";

function work(id: string, some: Partial<ListedWork> = {}): ListedWork {
  const none = { pseudonym: "", format: "text", characters: 1, failures: [], cost_usd_nanos: 0, asked: 2, answered: 2 };
  return { ...none, id, name: id, state: "to_review", contested: 0, spread: 0, ...some };
}

const WORKS = [
  work("10", { state: "decided", contested: 1 }),
  work("b", { state: "waiting" }),
  work("9", { contested: 1, spread: 0.4 }),
  work("a", { contested: 3, pseudonym: "가" }),
  work("c", { state: "failed" }),
];

test.each<[WorkOrder, string]>([
  ["position", "10 b 9 a c"],
  ["disagreement", "a 9 10 b c"],
  ["state", "9 a c b 10"],
  ["name", "9 10 b c a"],
])("by %s", (order, ids) => {
  expect(
    ordered(WORKS, order)
      .map(({ id }) => id)
      .join(" "),
  ).toBe(ids);
});

test("the next one to look at is the most contested that is undecided", () => {
  expect(nextToReview(WORKS, "")?.id).toBe("a");
  expect(nextToReview(WORKS, "a")?.id).toBe("9");
  expect(nextToReview([work("x")], "x")).toBeUndefined();
});

import type { ListedWork, WorkState } from "./class_api.ts";

/** How works are ordered: as they came, the most contested first, by what is to be done, or by name. */
export type WorkOrder = "position" | "disagreement" | "state" | "name";

export const ORDERS: readonly WorkOrder[] = ["disagreement", "state", "name", "position"];

const BY_NEED: readonly WorkState[] = ["to_review", "failed", "running", "waiting", "new", "decided", "given_back"];

/** What a work is called: its pseudonym, where it has one. */
export function nameOf({ pseudonym, name }: Pick<ListedWork, "pseudonym" | "name">): string {
  return pseudonym || name;
}

export function hasFeedback({ state }: Pick<ListedWork, "state">): boolean {
  return state === "to_review" || state === "decided" || state === "given_back";
}

export function isUnderWay({ state }: Pick<ListedWork, "state">): boolean {
  return state === "waiting" || state === "running";
}

/** The works in an order; those that are equal in it stay as they came. */
export function ordered(works: readonly ListedWork[], order: WorkOrder): ListedWork[] {
  switch (order) {
    case "disagreement":
      return [...works].sort((a, b) => Number(hasFeedback(b)) - Number(hasFeedback(a)) || b.contested - a.contested || b.spread - a.spread);
    case "state":
      return [...works].sort((a, b) => BY_NEED.indexOf(a.state) - BY_NEED.indexOf(b.state));
    case "name":
      return [...works].sort((a, b) => nameOf(a).localeCompare(nameOf(b), undefined, { numeric: true }));
    case "position":
      return [...works];
  }
}

/** The next work that a teacher has to look at, the most contested first; undefined: there is none. */
export function nextToReview(works: readonly ListedWork[], after: string): ListedWork | undefined {
  return ordered(works, "disagreement").find((each) => each.state === "to_review" && each.id !== after);
}

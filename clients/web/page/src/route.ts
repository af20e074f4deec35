import { useEffect, useState } from "react";

export type View = "review" | "models" | "rubrics" | "student" | "picture";

export interface Route {
  view: View;
  /** The feedback that is open in "review"; empty: a new one. */
  feedbackId: string;
}

const VIEWS: readonly View[] = ["review", "models", "rubrics", "student", "picture"];

/** Reads `#/review/FEEDBACK_ID` and its like; anything else is a new review. */
export function readRoute(hash: string): Route {
  const [named = "", id = ""] = hash.replace(/^#\/?/, "").split("/");
  const view = VIEWS.find((each) => each === named) ?? "review";
  return { view, feedbackId: view === "review" ? decoded(id) : "" };
}

export function hashOf({ view, feedbackId }: Route): string {
  return feedbackId === "" ? `#/${view}` : `#/${view}/${encodeURIComponent(feedbackId)}`;
}

export function useRoute(): Route {
  const [hash, setHash] = useState(window.location.hash);
  useEffect(() => {
    const follow = () => setHash(window.location.hash);
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  return readRoute(hash);
}

/** Goes to a view; one can come back from there. */
export function goTo(route: Route): void {
  window.location.hash = hashOf(route);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

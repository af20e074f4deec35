import { useEffect, useState } from "react";

export type View = "review" | "classes" | "models" | "rubrics" | "student" | "picture";

export interface Route {
  view: View;
  /** The feedback that is open in "review"; empty: a new one. */
  feedbackId: string;
  /** The class that is open in "classes"; unset: all are listed. */
  classId?: string;
  /** The work of that class that is open. */
  workId?: string;
}

const VIEWS: readonly View[] = ["review", "classes", "models", "rubrics", "student", "picture"];

/** Reads `#/review/FEEDBACK_ID`, `#/classes/CLASS/WORK` and their like; anything else is a new review. */
export function readRoute(hash: string): Route {
  const [named = "", id = "", workId = ""] = hash.replace(/^#\/?/, "").split("/");
  const view = VIEWS.find((each) => each === named) ?? "review";
  if (view === "classes" && id !== "") {
    return { view, feedbackId: "", classId: decoded(id), ...(workId !== "" && { workId: decoded(workId) }) };
  }
  return { view, feedbackId: view === "review" ? decoded(id) : "" };
}

export function hashOf({ view, feedbackId, classId = "", workId = "" }: Route): string {
  const parts = [view, feedbackId || classId, workId].filter((each) => each !== "");
  return `#/${parts.map(encodeURIComponent).join("/")}`;
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

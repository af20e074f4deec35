import { type Point, Polarity, Severity } from "../../generated/chorus/feedback/v1/feedback_pb.ts";
import type { Rubric } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import type { Words } from "../words/words.ts";

const KINDS: Record<Polarity, string> = {
  [Polarity.UNSPECIFIED]: "point",
  [Polarity.STRENGTH]: "strength",
  [Polarity.IMPROVEMENT]: "improvement",
  [Polarity.QUESTION]: "question",
};

/** The name of a polarity for the style sheet; "point" for one that only a newer server knows. */
export function kindOf(point: Point): string {
  return KINDS[point.polarity] ?? "point";
}

/** The sign that stands beside the colour of a polarity. */
export function signOf(point: Point): string {
  return { strength: "+", improvement: "→", question: "?" }[kindOf(point)] ?? "•";
}

export function polarityOf(point: Point, words: Words): string {
  return words.points.polarities[point.polarity] ?? words.points.polarities[Polarity.UNSPECIFIED];
}

export function issueOf(point: Point, words: Words): string {
  const known: Readonly<Record<string, string>> = words.points.issues;
  return Object.hasOwn(known, point.issue) ? (known[point.issue] ?? "") : point.issue.replaceAll("_", " ");
}

/** Names a point's importance, its issue and its criterion, each where there is one. */
export function aboutOf(point: Point, rubric: Rubric | undefined, words: Words): string[] {
  const about: string[] = [];
  const severity = words.points.severities[point.severity] ?? "";
  if (point.polarity !== Polarity.STRENGTH && point.severity !== Severity.UNSPECIFIED && severity !== "") {
    about.push(words.points.importance(severity));
  }
  if (point.issue !== "") {
    about.push(issueOf(point, words));
  }
  if (point.criterionId !== "") {
    about.push(words.points.criterion(titleOf(point.criterionId, rubric)));
  }
  return about;
}

export function titleOf(criterionId: string, rubric: Rubric | undefined): string {
  return rubric?.criteria.find((each) => each.id === criterionId)?.title || criterionId;
}

import type { ModelResult, Point } from "../../generated/chorus/feedback/v1/feedback_pb.ts";
import type { GetFeedbackResponse, StreamFeedbackResponse } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import type { MergedFeedback, MergedPoint } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import type { Rubric } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import type { CallFailure } from "../api/call_failure.ts";

/** One model's part in a review: what it has said so far, and what became of it once that is known. */
export interface Seat {
  model: string;
  /** Provisional: `result` replaces them. */
  points: readonly Point[];
  result?: ModelResult;
}

export type Stage = "asking" | "running" | "stopping" | "stopped" | "failed" | "done";

/** A review while it comes in, and after. */
export interface LiveReview {
  stage: Stage;
  seats: readonly Seat[];
  rubric?: Rubric;
  /** The merge so far. Provisional while `response` is unset. */
  merged?: MergedFeedback;
  /** The models whose answers are in `merged`. */
  mergedModels: ReadonlySet<string>;
  response?: GetFeedbackResponse;
  failure?: CallFailure;
}

export const ASKING: LiveReview = { stage: "asking", seats: [], mergedModels: new Set() };

/** Takes one event of the stream; those that only a newer server sends are passed over. */
export function takeEvent(review: LiveReview, { event }: StreamFeedbackResponse): LiveReview {
  switch (event.case) {
    case "accepted":
      return {
        ...review,
        stage: review.stage === "asking" ? "running" : review.stage,
        seats: event.value.models.map((model) => ({ model, points: [] })),
        rubric: event.value.rubric,
      };
    case "delta": {
      const { model, point } = event.value;
      return point === undefined ? review : withSeat(review, model, (seat) => ({ ...seat, points: [...seat.points, point] }));
    }
    case "result": {
      const result = event.value;
      return withSeat(review, result.model, (seat) => ({ ...seat, result }));
    }
    case "merged":
      return { ...review, merged: event.value, mergedModels: new Set(answered(review.seats)) };
    case "response":
      return fromResponse(event.value);
    default:
      return review;
  }
}

/** A review that is over, as its response tells it. */
export function fromResponse(response: GetFeedbackResponse): LiveReview {
  const seats = response.results.map((result) => ({ model: result.model, points: [], result }));
  const { rubric, merged } = response;
  return { stage: "done", seats, rubric, merged, mergedModels: new Set(answered(seats)), response };
}

/** The points to show: the merged ones, then those of models that no merge holds so far. */
export interface ShownPoint {
  id: string;
  /** What stands for it: the first member's point. */
  point: Point;
  model: string;
  merged?: MergedPoint;
}

export function shownPoints(review: LiveReview): ShownPoint[] {
  const shown: ShownPoint[] = [];
  for (const merged of review.merged?.points ?? []) {
    const first = merged.members[0];
    if (first?.point !== undefined) {
      shown.push({ id: merged.id, point: first.point, model: first.model, merged });
    }
  }
  if (review.stage !== "done") {
    for (const seat of review.seats) {
      if (!review.mergedModels.has(seat.model)) {
        said(seat).forEach((point, at) => shown.push({ id: `${seat.model}#${at}`, point, model: seat.model }));
      }
    }
  }
  return shown;
}

/** What a model has said: its checked answer once it is there. */
export function said(seat: Seat): readonly Point[] {
  const outcome = seat.result?.outcome;
  return outcome?.case === "feedback" ? outcome.value.points : outcome?.case === "failure" ? [] : seat.points;
}

function answered(seats: readonly Seat[]): string[] {
  return seats.filter((seat) => seat.result?.outcome.case === "feedback").map((seat) => seat.model);
}

function withSeat(review: LiveReview, model: string, change: (seat: Seat) => Seat): LiveReview {
  const known = review.seats.some((seat) => seat.model === model);
  const seats: readonly Seat[] = known ? review.seats : [...review.seats, { model, points: [] }];
  return { ...review, seats: seats.map((seat) => (seat.model === model ? change(seat) : seat)) };
}

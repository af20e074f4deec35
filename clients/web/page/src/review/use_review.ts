import { useCallback, useEffect, useRef, useState } from "react";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type {
  GetFeedbackRequestSchema,
  GetStoredFeedbackResponse,
  StreamFeedbackResponse,
} from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { callFailure } from "../api/call_failure.ts";
import { CALL_TIMEOUT_MS, feedbackService, REVIEW_TIMEOUT_MS } from "../api/services.ts";
import { ASKING, fromResponse, type LiveReview, takeEvent } from "./live_review.ts";

/** Events are taken together for so long: many points in a moment are drawn once. */
const GATHERING_MS = 40;

export type ReviewRequest = MessageInitShape<typeof GetFeedbackRequestSchema>;

export interface Reviewing {
  review?: LiveReview;
  /** Of a review that was opened again. */
  stored?: GetStoredFeedbackResponse;
  start: (request: ReviewRequest) => void;
  open: (feedbackId: string) => void;
  stop: () => void;
  clear: () => void;
}

/** Holds one review: one that comes in, or one that is opened again. */
export function useReview(): Reviewing {
  const [review, setReview] = useState<LiveReview>();
  const [stored, setStored] = useState<GetStoredFeedbackResponse>();
  const running = useRef<AbortController>(undefined);

  const begin = useCallback(() => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setStored(undefined);
    setReview(ASKING);
    return mine;
  }, []);

  const start = useCallback(
    (request: ReviewRequest) => {
      const mine = begin();
      void take(request, mine, (change) => running.current === mine && setReview((now) => change(now ?? ASKING)));
    },
    [begin],
  );

  const open = useCallback(
    (feedbackId: string) => {
      const mine = begin();
      feedbackService.getStoredFeedback({ feedbackId }, { signal: mine.signal, timeoutMs: CALL_TIMEOUT_MS }).then(
        (found) => {
          if (running.current === mine && found.response !== undefined) {
            setStored(found);
            setReview(fromResponse(found.response));
          }
        },
        (error) => running.current === mine && setReview({ ...ASKING, stage: "failed", failure: callFailure(error) }),
      );
    },
    [begin],
  );

  const stop = useCallback(() => {
    setReview((now) => now && { ...now, stage: "stopping" });
    running.current?.abort();
  }, []);

  const clear = useCallback(() => {
    running.current?.abort();
    running.current = undefined;
    setReview(undefined);
    setStored(undefined);
  }, []);

  useEffect(() => () => running.current?.abort(), []);
  return { review, stored, start, open, stop, clear };
}

async function take(
  request: ReviewRequest,
  mine: AbortController,
  change: (how: (now: LiveReview) => LiveReview) => void,
): Promise<void> {
  let gathered: StreamFeedbackResponse[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const draw = () => {
    clearTimeout(timer);
    timer = undefined;
    const events = gathered;
    gathered = [];
    change((now) => events.reduce(takeEvent, now));
  };
  try {
    for await (const event of feedbackService.streamFeedback({ request }, { signal: mine.signal, timeoutMs: REVIEW_TIMEOUT_MS })) {
      gathered.push(event);
      timer ??= setTimeout(draw, GATHERING_MS);
    }
    draw();
  } catch (error) {
    draw();
    const failure = callFailure(error);
    change((now) => ({ ...now, stage: failure.kind === "cancelled" ? "stopped" : "failed", failure }));
  }
}

import { useCallback, useEffect, useState } from "react";
import { create } from "@bufbuild/protobuf";
import { ListModelsResponseSchema, type ListModelsResponse } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { type CallFailure, callFailure } from "../api/call_failure.ts";
import { CALL_TIMEOUT_MS, feedbackService } from "../api/services.ts";

/** More pages than this are not asked for. */
const MOST_PAGES = 20;

export interface Listing {
  models?: ListModelsResponse;
  failure?: CallFailure;
  refresh: () => void;
}

/** Asks for all models, once and whenever `refresh` is called. */
export function useModels(): Listing {
  const [listed, setListed] = useState<Omit<Listing, "refresh">>({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    listAll(stop.signal).then(
      (models) => setListed({ models }),
      (error) => !stop.signal.aborted && setListed(({ models }) => ({ models, failure: callFailure(error) })),
    );
    return () => stop.abort();
  }, [turn]);
  const refresh = useCallback(() => setTurn((count) => count + 1), []);
  return { ...listed, refresh };
}

async function listAll(signal: AbortSignal): Promise<ListModelsResponse> {
  const all = create(ListModelsResponseSchema);
  for (let page = 0; page < MOST_PAGES; page++) {
    const request = { pageToken: all.nextPageToken };
    const next = await feedbackService.listModels(request, { signal, timeoutMs: CALL_TIMEOUT_MS });
    all.models.push(...next.models);
    all.defaultPanel = next.defaultPanel;
    all.unreachable = next.unreachable;
    Object.assign(all.maxReviewCostUsdNanos, next.maxReviewCostUsdNanos);
    all.nextPageToken = next.nextPageToken;
    if (next.nextPageToken === "") {
      break;
    }
  }
  return all;
}

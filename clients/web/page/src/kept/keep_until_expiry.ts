import { timestampMs } from "@bufbuild/protobuf/wkt";
import { CALL_TIMEOUT_MS, feedbackService } from "../api/services.ts";
import { type KeptWork, keepWork, newKeptWork } from "./kept_works.ts";

/** Keeps a work in this browser for as long as the server keeps its feedback. */
export async function keepUntilExpiry(work: Omit<KeptWork, "reviewed" | "expires">): Promise<void> {
  const kept = newKeptWork(work);
  await keepWork(kept);
  try {
    const { expireTime } = await feedbackService.getStoredFeedback({ feedbackId: work.feedbackId }, { timeoutMs: CALL_TIMEOUT_MS });
    if (expireTime !== undefined) {
      await keepWork({ ...kept, expires: timestampMs(expireTime) });
    }
  } catch {
    // Then it is kept for a day.
  }
}

import { useCallback, useEffect, useRef, useState } from "react";
import type { Decisions } from "../../generated/chorus/feedback/v1/decision_pb.ts";
import type { MergedFeedback } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import { type CallFailure, callFailure } from "../api/call_failure.ts";
import { CALL_TIMEOUT_MS, feedbackService } from "../api/services.ts";
import { session } from "../api/session.ts";
import { ErrorReason } from "../../generated/chorus/model/v1/failure_pb.ts";
import { type Draft, EMPTY_DRAFT, fromDecisions, ownScores, toDecisions } from "./decisions.ts";

/** What is decided within so long is recorded together. */
const GATHERING_MS = 600;

export type Saving = "nothing" | "saving" | "saved" | "failed";

export interface Deciding {
  draft: Draft;
  saving: Saving;
  failure?: CallFailure;
  rater: string;
  decide: (change: (draft: Draft) => Draft) => void;
  saveAgain: () => void;
}

/** Keeps decisions elsewhere than at the orchestrator, where they go with the feedback when it expires. */
export type KeepDecisions = (decisions: Decisions) => Promise<void>;

/** Holds what a person decides on a feedback, and records each change at the orchestrator. */
export function useDecisions(
  feedbackId: string,
  merged: MergedFeedback | undefined,
  recorded: readonly Decisions[],
  keep?: KeepDecisions,
): Deciding {
  const [draft, setDraft] = useState<Draft>(EMPTY_DRAFT);
  const [saving, setSaving] = useState<Saving>("nothing");
  const [failure, setFailure] = useState<CallFailure>();
  const [rater, setRater] = useState("");
  const latest = useRef(EMPTY_DRAFT);
  const version = useRef(0);
  const latestSave = useRef<Promise<void>>(Promise.resolve());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    session().then(
      (known) => setRater(known.rater),
      () => {},
    );
  }, []);

  useEffect(() => {
    const mine = recorded.find((each) => each.rater === rater) ?? recorded[0];
    latest.current = mine === undefined ? EMPTY_DRAFT : fromDecisions(mine);
    setDraft(latest.current);
    setSaving("nothing");
    setFailure(undefined);
  }, [feedbackId, recorded, rater]);

  const save = useCallback(
    async (changed: Draft) => {
      if (merged === undefined) {
        return;
      }
      const mine = ++version.current;
      setSaving("saving");
      try {
        // One after the other: an earlier one must not replace a later one.
        const mineDone = latestSave.current.then(() => record(feedbackId, changed, merged, keep));
        latestSave.current = mineDone.catch(() => {});
        await mineDone;
        if (mine === version.current) {
          setSaving("saved");
          setFailure(undefined);
        }
      } catch (error) {
        if (mine === version.current) {
          setSaving("failed");
          setFailure(callFailure(error));
        }
      }
    },
    [feedbackId, merged, keep],
  );

  const decide = useCallback(
    (change: (draft: Draft) => Draft) => {
      const next = change(latest.current);
      latest.current = next;
      setDraft(next);
      setSaving("saving");
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void save(next), GATHERING_MS);
    },
    [save],
  );

  const saveAgain = useCallback(() => void save(draft), [save, draft]);
  return { draft, saving, failure, rater, decide, saveAgain };
}

async function record(feedbackId: string, draft: Draft, merged: MergedFeedback, keep?: KeepDecisions): Promise<void> {
  const { rater } = await session();
  const options = { timeoutMs: CALL_TIMEOUT_MS };
  const decisions = toDecisions(draft, merged, rater);
  try {
    await feedbackService.recordDecisions({ feedbackId, decisions }, options);
    const scores = ownScores(draft);
    if (draft.final && scores.length > 0) {
      await feedbackService.recordScores({ feedbackId, rater, scores }, options);
    }
  } catch (error) {
    // What is kept elsewhere outlives the feedback at the orchestrator.
    if (keep === undefined || callFailure(error).failure.reason !== ErrorReason.FEEDBACK_NOT_FOUND) {
      throw error;
    }
  }
  await keep?.(decisions);
}

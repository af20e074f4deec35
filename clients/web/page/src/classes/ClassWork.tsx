import { useCallback, useEffect, useMemo, useState } from "react";
import type { GivenBackFormat } from "../api/files.ts";
import { Failed } from "../common/Failed.tsx";
import { Said } from "../common/Said.tsx";
import type { Decisions } from "../../generated/chorus/feedback/v1/decision_pb.ts";
import { displayNames } from "../models/reviewers.ts";
import { useModels } from "../models/use_models.ts";
import { fromResponse } from "../review/live_review.ts";
import { ReviewView } from "../review/ReviewView.tsx";
import { hashOf } from "../route.ts";
import { useWords } from "../words/language.tsx";
import { askAgain, failureOf, giveWorkBack, keepDecisions, type OpenedWork, openWork } from "./class_api.ts";
import { useClass } from "./use_class.ts";
import { hasFeedback, nameOf, nextToReview } from "./work_order.ts";
import { Wrong } from "./Wrong.tsx";

/** A work of a class: its feedback, what the teacher decides on it, and what its author gets. */
export function ClassWork({ classId, workId }: { classId: string; workId: string }) {
  const words = useWords();
  const { shown, refresh } = useClass(classId);
  const { models: listed } = useModels();
  const [work, setWork] = useState<OpenedWork>();
  const [failure, setFailure] = useState<unknown>();
  const line = shown?.works.find(({ id }) => id === workId);
  const [turn, setTurn] = useState(0);
  const hasCome = line !== undefined && hasFeedback(line) && work !== undefined && work.response === undefined;

  useEffect(() => {
    const stop = new AbortController();
    openWork(classId, workId, stop.signal).then(
      (opened) => {
        setFailure(undefined);
        setWork(opened);
      },
      (error: unknown) => !stop.signal.aborted && setFailure(error),
    );
    return () => stop.abort();
  }, [classId, workId, turn]);
  // Once the answer is there it is asked for; what is decided here is known here.
  useEffect(() => {
    if (hasCome) {
      setTurn((count) => count + 1);
    }
  }, [hasCome]);

  const review = useMemo(() => work?.response && fromResponse(work.response), [work?.response]);
  const recorded = useMemo(() => (work?.decisions ? [work.decisions] : []), [work?.decisions]);
  const keep = useCallback(
    async (decisions: Decisions) => {
      await keepDecisions(classId, workId, decisions);
      refresh();
    },
    [classId, workId, refresh],
  );
  const makeFile = useCallback(
    async (format: GivenBackFormat, language: string) => {
      const made = await giveWorkBack(classId, workId, format, language);
      refresh();
      return made;
    },
    [classId, workId, refresh],
  );
  const again = async () => {
    try {
      await askAgain(classId, workId);
    } catch (error) {
      setFailure(error);
    }
    refresh();
  };

  const modelName = useMemo(() => displayNames(listed?.models ?? [], words), [listed, words]);
  const why = line && failureOf(line);
  const next = shown && nextToReview(shown.works, workId);
  return (
    <div className="review">
      <p className="row">
        <a href={hashOf({ view: "classes", feedbackId: "", classId })}>
          {shown ? <Said text={shown.title} /> : words.classes.heading}
        </a>
        {next && <a href={hashOf({ view: "classes", feedbackId: "", classId, workId: next.id })}>{words.classes.next(nameOf(next))}</a>}
      </p>
      <h1>{work ? <Said text={nameOf(work)} /> : words.live.heading}</h1>
      {line && <p role="status">{words.classes.states[line.state]}</p>}
      <Wrong error={failure} />
      {why && <Failed failure={why} again={words.classes.again} onAgain={() => void again()} nameOf={modelName} />}
      {work === undefined && failure === undefined && <p>{words.loading}</p>}
      {work && review === undefined && <p className="work-text"><Said text={work.text} /></p>}
      {work && review && (
        <ReviewView
          review={review}
          recorded={recorded}
          title={nameOf(work)}
          text={work.text}
          fileId={work.has_file ? work.id : ""}
          fileFormat={work.has_file ? work.format : ""}
          nameOf={modelName}
          keep={keep}
          makeFile={makeFile}
        />
      )}
    </div>
  );
}

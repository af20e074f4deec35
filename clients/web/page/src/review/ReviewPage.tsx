import { useCallback, useEffect, useMemo, useState } from "react";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { MOMENT } from "../amounts.ts";
import { keepUntilExpiry } from "../kept/keep_until_expiry.ts";
import { callFailure, type CallFailure } from "../api/call_failure.ts";
import { CALL_TIMEOUT_MS, feedbackService } from "../api/services.ts";
import { Said } from "../common/Said.tsx";
import { Failed } from "../common/Failed.tsx";
import { isChosen, keepChoice, keptChoice } from "../kept/kept_choice.ts";
import { forgetWork, keptWork } from "../kept/kept_works.ts";
import { displayNames, outsideProviders } from "../models/reviewers.ts";
import { useModels } from "../models/use_models.ts";
import { goTo, hashOf } from "../route.ts";
import { keptRubrics } from "../rubrics/kept_rubrics.ts";
import { cut } from "../text/code_points.ts";
import { useLanguage } from "../words/language.tsx";
import { LiveStatus } from "./LiveStatus.tsx";
import { MachinesLine } from "./MachinesLine.tsx";
import { MissingText } from "./MissingText.tsx";
import { RecentWorks } from "./RecentWorks.tsx";
import { isOfFile, nextForm, type WorkForm } from "./request.ts";
import { ReviewForm } from "./ReviewForm.tsx";
import { ReviewView } from "./ReviewView.tsx";
import { type ReviewRequest, useReview } from "./use_review.ts";

const LONGEST_TITLE = 60;
const NO_DECISIONS: readonly never[] = [];

interface Properties {
  feedbackId: string;
  isOpen: boolean;
  /** A text from another view, to be reviewed. */
  handed: string;
}

/** A new review from the form to what is given back, or one that is opened again. */
export function ReviewPage({ feedbackId, isOpen, handed }: Properties) {
  const { words, language } = useLanguage();
  const listing = useModels();
  const { review, stored, start, open, stop, clear } = useReview();
  const [form, setForm] = useState<WorkForm>(() => nextForm(keptChoice(keptRubrics().map(({ name }) => name))));
  const [asked, setAsked] = useState<ReviewRequest>();
  /** Undefined: this browser does not have the text. */
  const [work, setWork] = useState<Pick<WorkForm, "title" | "text" | "fileId" | "fileFormat">>();
  const [removal, setRemoval] = useState<CallFailure>();
  const shownId = review?.response?.feedbackId ?? "";
  const nameOf = useMemo(() => displayNames(listing.models?.models ?? [], words), [listing.models, words]);
  /** Whether what is chosen there was chosen for another work. */
  const [isNext, setIsNext] = useState(() => isChosen(form));
  const beginNext = useCallback(() => {
    clear();
    // What was written and not asked for is no last work's.
    if (asked) {
      setAsked(undefined);
      setForm(nextForm);
      setIsNext(true);
    }
  }, [clear, asked]);
  const change = useCallback((some: Partial<WorkForm>) => setForm((now) => ({ ...now, ...some })), []);

  useEffect(() => keepChoice(form), [form.rubricName, form.textLanguage, form.feedbackLanguage, form.models, form.limit]);

  useEffect(() => {
    if (handed !== "") {
      clear();
      setForm((now) => ({ ...nextForm(now), text: handed }));
    }
  }, [handed, clear]);

  // The address says which feedback is open.
  useEffect(() => {
    if (!isOpen || feedbackId === shownId) {
      return;
    }
    if (feedbackId === "") {
      beginNext();
      return;
    }
    let isLate = false;
    setWork(undefined);
    open(feedbackId);
    void keptWork(feedbackId).then((kept) => !isLate && setWork(kept));
    return () => {
      isLate = true;
    };
    // A review that comes in changes the shown id, and then the address.
  }, [feedbackId, isOpen]);

  // A review that is done gets an address, and its text is kept in this browser.
  useEffect(() => {
    const response = review?.response;
    if (response === undefined || response.feedbackId === "" || stored !== undefined || work === undefined) {
      return;
    }
    window.history.replaceState(null, "", hashOf({ view: "review", feedbackId: response.feedbackId }));
    window.dispatchEvent(new HashChangeEvent("hashchange"));
    void keepUntilExpiry({ ...work, feedbackId: response.feedbackId });
  }, [review?.response, stored]);

  const begin = (request: ReviewRequest) => {
    setAsked(request);
    const isWhole = isOfFile(form);
    setWork({ title: form.title, text: form.text, fileId: isWhole ? form.fileId : "", fileFormat: isWhole ? form.fileFormat : "" });
    start(request);
    window.scrollTo({ top: 0 });
  };
  const back = () => {
    clear();
    setAsked(undefined);
  };
  const leave = () => {
    beginNext();
    goTo({ view: "review", feedbackId: "" });
  };
  const remove = async () => {
    if (!window.confirm(words.decide.removeSure)) {
      return;
    }
    try {
      await feedbackService.deleteFeedback({ feedbackId: shownId }, { timeoutMs: CALL_TIMEOUT_MS });
      await forgetWork(shownId);
      leave();
    } catch (error) {
      setRemoval(callFailure(error));
    }
  };

  if (review === undefined) {
    return (
      <>
        <ReviewForm form={form} listing={listing} stays={isNext && isChosen(form)} onChange={change} onStart={begin} />
        {(listing.models || listing.failure) && <RecentWorks />}
      </>
    );
  }
  const chosen = new Set(review.seats.map((each) => each.model));
  const providers = chosen.size > 0 ? outsideProviders(listing.models?.models ?? [], chosen) : undefined;
  const expires = stored?.expireTime && timestampDate(stored.expireTime).toLocaleString(language, MOMENT);
  return (
    <div className={review.response ? "review" : "review provisional"}>
      <h1>
        <Said text={work?.title || firstLine(work?.text ?? "") || words.live.heading} />
      </h1>
      <LiveStatus review={review} nameOf={nameOf} onStop={stop} onAgain={asked && review.stage !== "done" ? () => start(asked) : undefined}>
        {asked && (review.stage === "failed" || review.stage === "stopped") && (
          <button type="button" onClick={back}>
            {words.live.backToForm}
          </button>
        )}
        <button type="button" onClick={leave}>
          {words.live.newReview}
        </button>
        {shownId !== "" && (
          <button type="button" onClick={() => void remove()}>
            {words.decide.remove}
          </button>
        )}
      </LiveStatus>
      {removal && <Failed failure={removal} />}
      {expires && <p className="hint">{words.stored.expires(expires)}</p>}
      {providers && <MachinesLine providers={providers} />}
      {stored && work === undefined && review.response && <MissingText response={review.response} onText={setWork} />}
      {(review.seats.length > 0 || review.response) && (
        <ReviewView
          review={review}
          recorded={stored?.decisions ?? NO_DECISIONS}
          title={work?.title ?? ""}
          text={work?.text}
          fileId={work?.fileId ?? ""}
          fileFormat={work?.fileFormat ?? ""}
          nameOf={nameOf}
        />
      )}
    </div>
  );
}

function firstLine(text: string): string {
  return cut(text.trimStart().split("\n", 1)[0] ?? "", LONGEST_TITLE);
}

import { lazy, Suspense, useState } from "react";
import { hashOf, useRoute, type View } from "./route.ts";
import { ReviewPage } from "./review/ReviewPage.tsx";
import { CATALOGUE, type Language, useLanguage } from "./words/language.tsx";

const ModelPage = lazy(() => import("./models/ModelPage.tsx"));
const RubricPage = lazy(() => import("./rubrics/RubricPage.tsx"));
const StudentPage = lazy(() => import("./classroom/StudentPage.tsx"));
const PicturePage = lazy(() => import("./classroom/PicturePage.tsx"));

const ClassesPage = lazy(() => import("./classes/ClassesPage.tsx"));

const VIEWS: readonly View[] = ["review", "classes", "models", "rubrics", "student", "picture"];

export function App() {
  const { language, words, choose } = useLanguage();
  const { view, feedbackId, classId, workId } = useRoute();
  // A text that comes from another view, to be reviewed.
  const [handed, setHanded] = useState("");
  return (
    <>
      <a className="skip" href="#content" onClick={(event) => skip(event)}>
        {words.skip}
      </a>
      <header className="masthead">
        <p className="brand">
          <strong>{words.title}</strong>
          <span>{words.subtitle}</span>
        </p>
        <nav aria-label={words.views.label}>
          {VIEWS.map((each) => (
            <a key={each} href={hashOf({ view: each, feedbackId: "" })} aria-current={each === view ? "page" : undefined}>
              {words.views[each]}
            </a>
          ))}
        </nav>
        <fieldset className="switch">
          <legend className="unseen">{words.switchLanguage}</legend>
          {(Object.keys(CATALOGUE) as Language[]).map((each) => (
            <button key={each} type="button" lang={each} aria-pressed={each === language} onClick={() => choose(each)}>
              {CATALOGUE[each].language}
            </button>
          ))}
        </fieldset>
      </header>
      <main id="content" tabIndex={-1}>
        <div hidden={view !== "review"}>
          <ReviewPage feedbackId={feedbackId} isOpen={view === "review"} handed={handed} />
        </div>
        <Suspense fallback={<p>{words.loading}</p>}>
          {view === "classes" && <ClassesPage classId={classId} workId={workId} />}
          {view === "models" && <ModelPage />}
          {view === "rubrics" && <RubricPage />}
          {view === "student" && <StudentPage onReview={setHanded} />}
          {view === "picture" && <PicturePage />}
        </Suspense>
      </main>
    </>
  );
}

function skip(event: React.MouseEvent): void {
  // The hash names the view, so the browser must not follow this one.
  event.preventDefault();
  document.getElementById("content")?.focus();
}

import { useState } from "react";
import { Said } from "../common/Said.tsx";
import { displayNames, outsideProviders } from "../models/reviewers.ts";
import { useModels } from "../models/use_models.ts";
import { goTo, hashOf } from "../route.ts";
import { useWords } from "../words/language.tsx";
import { Assignment } from "./Assignment.tsx";
import { ClassCost } from "./ClassCost.tsx";
import { deleteClass } from "./class_api.ts";
import { GiveClassBack } from "./GiveClassBack.tsx";
import { useClass } from "./use_class.ts";
import { hasFeedback, isUnderWay } from "./work_order.ts";
import { WorkFiles } from "./WorkFiles.tsx";
import { WorkTable } from "./WorkTable.tsx";
import { Wrong } from "./Wrong.tsx";

/** One class: its works, what they cost, and what is given back. */
export function ClassView({ id }: { id: string }) {
  const words = useWords();
  const { shown, failure, refresh } = useClass(id);
  const { models: listed, failure: unlisted } = useModels();
  const [refusal, setRefusal] = useState<unknown>();
  const back = <a href={hashOf({ view: "classes", feedbackId: "" })}>{words.classes.all}</a>;
  // Whose machines read the works stands above them, and pushes nothing down as it comes.
  if (shown === undefined || (listed === undefined && unlisted === undefined)) {
    return (
      <>
        <h1>{words.classes.heading}</h1>
        <p>{back}</p>
        {failure === undefined ? <p>{words.loading}</p> : <Wrong error={failure} />}
      </>
    );
  }
  const models = listed?.models ?? [];
  const nameOf = displayNames(models, words);
  const providers = listed && outsideProviders(models, new Set(shown.models));
  const done = shown.works.filter(hasFeedback).length;
  const remove = async () => {
    if (!window.confirm(words.classes.deleteSure)) {
      return;
    }
    try {
      await deleteClass(id);
      goTo({ view: "classes", feedbackId: "" });
    } catch (error) {
      setRefusal(error);
    }
  };
  return (
    <div className="class">
      <p>{back}</p>
      <h1>
        <Said text={shown.title} />
      </h1>
      <p role="status">
        {words.classes.progress(done, shown.works.length)} {shown.works.some(isUnderWay) && words.classes.goesOn}
      </p>
      <Wrong error={failure} />
      <Wrong error={refusal} />
      <Assignment shown={shown} nameOf={nameOf} providers={providers} onChange={refresh} />
      <WorkFiles shown={shown} onTaken={refresh} />
      {shown.works.length > 0 && (
        <>
          <ClassCost shown={shown} nameOf={nameOf} onChange={refresh} />
          <WorkTable shown={shown} modelName={nameOf} onChange={refresh} />
          <GiveClassBack shown={shown} onChange={refresh} />
        </>
      )}
      <p>
        <button type="button" onClick={() => void remove()}>
          {words.classes.delete}
        </button>
      </p>
    </div>
  );
}

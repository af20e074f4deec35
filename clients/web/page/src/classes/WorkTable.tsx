import { useState } from "react";
import { dollars } from "../amounts.ts";
import { Said } from "../common/Said.tsx";
import { explainCall } from "../failures.ts";
import { hashOf } from "../route.ts";
import { useLanguage } from "../words/language.tsx";
import { askAgain, deleteWork, failureOf, type ListedWork, type ShownClass } from "./class_api.ts";
import { hasFeedback, nameOf, ordered, ORDERS, type WorkOrder } from "./work_order.ts";
import { Wrong } from "./Wrong.tsx";

interface Properties {
  shown: ShownClass;
  modelName: (model: string) => string;
  onChange: () => void;
}

/** The works with their states, in an order that the teacher chooses. */
export function WorkTable({ shown, modelName, onChange }: Properties) {
  const { words } = useLanguage();
  const [order, setOrder] = useState<WorkOrder>("disagreement");
  const [refusal, setRefusal] = useState<unknown>();
  const act = async (what: () => Promise<void>) => {
    setRefusal(undefined);
    try {
      await what();
    } catch (error) {
      setRefusal(error);
    }
    onChange();
  };
  const columns = words.classes.columns;
  return (
    <div>
      <div className="row">
        <h2>{words.classes.works}</h2>
        <label className="end">
          {words.points.order}{" "}
          <select value={order} onChange={(event) => setOrder(event.target.value as WorkOrder)}>
            {ORDERS.map((each) => (
              <option key={each} value={each}>
                {words.classes.orders[each]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Wrong error={refusal} />
      <div className="table-box" role="region" aria-label={words.classes.works} tabIndex={0}>
        <table className="works">
          <thead>
            <tr>
              {[columns.work, columns.state, columns.disagreement, columns.answered, columns.cost, columns.actions].map((each) => (
                <th key={each} scope="col">
                  {each}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ordered(shown.works, order).map((work) => (
              <Row
                key={work.id}
                classId={shown.id}
                work={work}
                modelName={modelName}
                isUnnamed={shown.has_roster && work.pseudonym === ""}
                onAgain={() => void act(() => askAgain(shown.id, work.id))}
                onRemove={() => window.confirm(words.classes.removeSure) && void act(() => deleteWork(shown.id, work.id))}
              />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

interface RowProperties {
  classId: string;
  work: ListedWork;
  modelName: (model: string) => string;
  /** There is a roster, and it does not name it. */
  isUnnamed: boolean;
  onAgain: () => void;
  onRemove: () => void;
}

function Row({ classId, work, modelName, isUnnamed, onAgain, onRemove }: RowProperties) {
  const { words, language } = useLanguage();
  const none = words.models.unknown;
  const failure = failureOf(work);
  const isThere = hasFeedback(work);
  return (
    <tr className={`work-${work.state}`}>
      <th scope="row">
        <a href={hashOf({ view: "classes", feedbackId: "", classId, workId: work.id })}>
          <Said text={nameOf(work)} />
        </a>
        {work.pseudonym !== "" && (
          <small>
            <Said text={work.name} />
          </small>
        )}
        {isUnnamed && <small>{words.classes.unnamed}</small>}
      </th>
      <td>
        <span className={`work-state is-${work.state}`}>{words.classes.states[work.state]}</span>
        {failure && (
          <small>
            <Said text={explainCall(failure, words, language, modelName)} />
          </small>
        )}
      </td>
      <td>
        {isThere ? words.classes.contested(work.contested) : none}
        {isThere && work.spread > 0 && <small>{words.classes.spread(`${Math.round(100 * work.spread)}%`)}</small>}
      </td>
      <td>{isThere ? words.classes.answered(work.answered, work.asked) : none}</td>
      <td>{work.cost_usd_nanos > 0 ? dollars(BigInt(work.cost_usd_nanos)) : isThere ? words.cost.free : none}</td>
      <td>
        <div className="row">
          {work.state === "failed" && (
            <button type="button" onClick={onAgain}>
              {words.classes.again}
              <span className="unseen">
                : <Said text={nameOf(work)} />
              </span>
            </button>
          )}
          <button type="button" className="quiet" onClick={onRemove}>
            {words.remove}
            <span className="unseen">
              : <Said text={nameOf(work)} />
            </span>
          </button>
        </div>
      </td>
    </tr>
  );
}

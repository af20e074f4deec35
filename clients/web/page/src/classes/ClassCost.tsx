import { type FormEvent, useState } from "react";
import { dollars, dollarsAtLeast, readDollars } from "../amounts.ts";
import { Field } from "../common/Field.tsx";
import { Said } from "../common/Said.tsx";
import { useWords } from "../words/language.tsx";
import { setLimit, type ShownClass, startClass, stopClass } from "./class_api.ts";
import { limitFault } from "./limit_fault.ts";
import { isUnderWay } from "./work_order.ts";
import { Wrong } from "./Wrong.tsx";

interface Properties {
  shown: ShownClass;
  nameOf: (model: string) => string;
  onChange: () => void;
}

/** What the class has cost and may still cost, its limit, and how its reviews are started and stopped. */
export function ClassCost({ shown, nameOf, onChange }: Properties) {
  const words = useWords();
  const { cost, works } = shown;
  const [written, setWritten] = useState(cost.limit_usd_nanos === null ? "" : String(cost.limit_usd_nanos / 1e9));
  const [refusal, setRefusal] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const limit = readDollars(written);
  const least = BigInt(cost.least_limit_usd_nanos ?? 0);
  const fault = limitFault(written, least, words);
  const isTooLow = cost.limit_usd_nanos !== null && BigInt(cost.limit_usd_nanos) < least;
  const fresh = works.filter(({ state }) => state === "new").length;
  const underWay = works.filter(isUnderWay).length;

  const act = async (what: () => Promise<void>) => {
    setIsBusy(true);
    setRefusal(undefined);
    try {
      await what();
    } catch (error) {
      setRefusal(error);
    } finally {
      setIsBusy(false);
      onChange();
    }
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (fault === "") {
      void act(() => setLimit(shown.id, limit));
    }
  };

  return (
    <section aria-labelledby="class-cost">
      <h2 id="class-cost">{words.classes.cost}</h2>
      <p>
        {(cost.is_whole ? words.classes.soFar : words.classes.atLeastSoFar)(dollars(BigInt(cost.spent_usd_nanos)))}{" "}
        {cost.most_usd_nanos === null
          ? words.classes.mostUnknown
          : cost.most_usd_nanos > 0 && words.classes.most(dollars(BigInt(Math.round(cost.most_usd_nanos))))}{" "}
        {cost.limit_usd_nanos === null ? words.classes.noLimit : words.classes.limited(dollars(BigInt(cost.limit_usd_nanos)))}
      </p>
      {cost.unknown.length > 0 && (
        <p className="note">
          {cost.limit_usd_nanos === null ? words.classes.noPrice : words.classes.noPriceLimited}{" "}
          <Said text={cost.unknown.map(nameOf).join(", ")} />
        </p>
      )}
      <form className="row limit" onSubmit={save} noValidate>
        <Field label={words.classes.limit} value={written} isNumber wrong={fault} onChange={setWritten} />
        <button type="submit" disabled={isBusy || fault !== ""}>
          {words.classes.setLimit}
        </button>
      </form>
      {isTooLow && fresh > 0 && shown.stop_reason !== "limit" && (
        <p className="note">{words.refusals.LIMIT_TOO_LOW(dollarsAtLeast(least))}</p>
      )}
      {shown.stop_reason === "limit" && fresh > 0 && <p className="note">{words.classes.stoppedAtLimit}</p>}
      <p className="row">
        {fresh > 0 && (
          <button type="button" className="primary" disabled={isBusy} onClick={() => void act(() => startClass(shown.id))}>
            {words.classes.start(fresh)}
          </button>
        )}
        {underWay > 0 && (
          <button type="button" disabled={isBusy} onClick={() => void act(() => stopClass(shown.id))}>
            {words.classes.stop}
          </button>
        )}
        {underWay > 0 && <span className="hint">{words.classes.stopHint}</span>}
      </p>
      <Wrong error={refusal} />
    </section>
  );
}

import { useEffect, useState } from "react";
import type { ListModelsResponse } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { type Model, Model_State } from "../../generated/chorus/model/v1/model_pb.ts";
import { dollars, gigabytes, toSeconds } from "../amounts.ts";
import { Failed } from "../common/Failed.tsx";
import { Said } from "../common/Said.tsx";
import { useLanguage, useWords } from "../words/language.tsx";
import type { Words } from "../words/words.ts";
import { displayNames, providerOf } from "./reviewers.ts";
import { detailOf } from "./state_detail.ts";
import { useModels } from "./use_models.ts";

const REFRESH_MS = 15_000;

/** Compares the models as they are now. */
export default function ModelPage() {
  const { words, language } = useLanguage();
  const { models: listed, failure, refresh } = useModels();
  const [asOf, setAsOf] = useState("");
  useEffect(() => setAsOf(listed ? new Date().toLocaleTimeString(language) : ""), [listed, language]);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  return (
    <>
      <h1>{words.models.heading}</h1>
      <p className="hint">{words.models.hint}</p>
      <p className="row">
        <button type="button" onClick={refresh}>
          {words.models.refresh}
        </button>
        <small>{asOf && words.models.refreshed(asOf)}</small>
      </p>
      {failure && <Failed failure={failure} title={words.form.modelsFailed} onAgain={refresh} />}
      {!listed && !failure && <p>{words.loading}</p>}
      {listed && <ModelTable listed={listed} />}
      {listed && listed.unreachable.length > 0 && (
        <p>
          {words.models.unreachable}: <Said text={listed.unreachable.join(", ")} />
        </p>
      )}
    </>
  );
}

function ModelTable({ listed }: { listed: ListModelsResponse }) {
  const words = useWords();
  const slowest = Math.max(0, ...listed.models.map((each) => latencyOf(each) ?? 0));
  return (
    <div className="table-box" role="region" aria-label={words.models.heading} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {[
              words.models.name,
              words.models.state,
              words.models.panel,
              words.models.reader,
              words.models.family,
              words.models.most,
              words.models.price,
              words.models.memory,
              words.models.disk,
              words.models.latency,
              words.models.speed,
              words.models.failures,
            ].map((each) => (
              <th key={each} scope="col">
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {listed.models.map((model) => (
            <Row key={model.name} model={model} listed={listed} slowest={slowest} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ model, listed, slowest }: { model: Model; listed: ListModelsResponse; slowest: number }) {
  const { words, language } = useLanguage();
  const { footprint, price, trackRecord } = model;
  const none = words.models.unknown;
  const latency = latencyOf(model);
  const most = listed.maxReviewCostUsdNanos[model.name];
  const nameOf = displayNames(listed.models, words);
  const detail = detailOf(model, nameOf, words, language);
  return (
    <tr className={model.state === Model_State.READY ? "ready" : "away"}>
      <th scope="row">
        <Said text={displayNames([model], words)(model.name)} />
        {model.displayName !== "" && (
          <small>
            <Said text={model.name} />
          </small>
        )}
      </th>
      <td>
        {words.models.states[model.state] ?? ""}
        {detail !== "" && (
          <small>
            <Said text={detail} />
          </small>
        )}
      </td>
      <td>{listed.defaultPanel.includes(model.name) ? words.models.yes : words.models.no}</td>
      <td>
        <Said text={providerOf(model) || words.form.ours} />
      </td>
      <td>
        <Said text={model.family || none} />
      </td>
      <td>{most === undefined ? none : amount(most, words)}</td>
      <td>{price ? `${dollars(price.inputUsdNanos)} / ${dollars(price.outputUsdNanos)}` : none}</td>
      <td>{footprint?.memoryBytes ? gigabytes(footprint.memoryBytes) : none}</td>
      <td>{footprint?.diskBytes ? gigabytes(footprint.diskBytes) : none}</td>
      <td>
        {latency === undefined ? none : words.seconds(latency.toFixed(1))}
        {latency !== undefined && <Bar share={slowest > 0 ? latency / slowest : 0} kind="latency" />}
      </td>
      <td>{trackRecord?.outputTokensPerSecond ? trackRecord.outputTokensPerSecond.toFixed(0) : none}</td>
      <td>
        {trackRecord?.calls ? words.models.ofCalls(`${(100 * trackRecord.failureRate).toFixed(0)}%`, trackRecord.calls) : none}
        {trackRecord?.calls ? <Bar share={trackRecord.failureRate} kind="failures" /> : null}
      </td>
    </tr>
  );
}

/** A share of a full bar; the number stands beside it. */
function Bar({ share, kind }: { share: number; kind: string }) {
  return (
    <svg className={`bar ${kind}`} viewBox="0 0 60 6" aria-hidden="true">
      <rect className="whole" width="60" height="6" rx="3" />
      <rect className="part" width={60 * Math.min(1, share)} height="6" rx="3" />
    </svg>
  );
}

function latencyOf({ trackRecord }: Model): number | undefined {
  return trackRecord?.latency && toSeconds(trackRecord.latency);
}

function amount(nanos: bigint, words: Words): string {
  return nanos === 0n ? words.form.free : dollars(nanos);
}

import type { MergedScore } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import type { Criterion } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { score as written } from "../amounts.ts";
import { useWords } from "../words/language.tsx";

const WIDTH = 200;
const HEIGHT = 34;
const EDGE = 10;
const MIDDLE = 14;

interface Properties {
  merged: MergedScore;
  criterion: Criterion;
  /** The person's own score. */
  own: number | undefined;
}

/** A criterion's scale with the plausible range, the panel's score, each model's and the person's. */
export function ScorePlot({ merged, criterion, own }: Properties) {
  const words = useWords();
  const steps = criterion.levels.map((each) => each.score);
  const low = Math.min(...steps);
  const high = Math.max(...steps);
  if (!(low < high)) {
    return null;
  }
  const place = (value: number) => EDGE + ((Math.min(Math.max(value, low), high) - low) / (high - low)) * (WIDTH - 2 * EDGE);
  const value = merged.score === undefined ? words.scores.noScore : written(merged.score);
  const [from, to] = [merged.low ?? low, merged.high ?? high].map(written) as [string, string];
  const label = words.scores.plot(criterion.title || criterion.id, written(low), written(high), value, from, to);
  return (
    <svg className="score-plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <line className="axis" x1={EDGE} x2={WIDTH - EDGE} y1={MIDDLE} y2={MIDDLE} />
      {steps.map((step) => (
        <g key={step}>
          <line className="axis" x1={place(step)} x2={place(step)} y1={MIDDLE - 3} y2={MIDDLE + 3} />
          <text x={place(step)} y={HEIGHT - 3}>
            {written(step)}
          </text>
        </g>
      ))}
      {merged.low !== undefined && merged.high !== undefined && (
        <rect className="range" x={place(merged.low) - 2} width={place(merged.high) - place(merged.low) + 4} y={MIDDLE - 5} height={10} rx={4} />
      )}
      {merged.raters.map((each) => (
        <line key={each.model} className="rater" x1={place(each.adjusted)} x2={place(each.adjusted)} y1={MIDDLE - 10} y2={MIDDLE - 1} />
      ))}
      {merged.score !== undefined && <circle className="panel" cx={place(merged.score)} cy={MIDDLE} r={5} />}
      {own !== undefined && (
        <path className="own" d={`M${place(own)} ${MIDDLE - 7} l7 7 l-7 7 l-7 -7 z`} />
      )}
    </svg>
  );
}

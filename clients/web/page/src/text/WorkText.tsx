import { memo, type MouseEvent, type RefObject, useMemo } from "react";
import { useWords } from "../words/language.tsx";
import { type Paragraph, paragraphs, type Passage, type Segment } from "./passages.ts";
import { stretches } from "./visible.ts";

/** A passage, how it is drawn, and the point that it leads to. */
export interface MarkedPassage extends Passage {
  /** "strength", "improvement", "question", "point" or "steering". */
  kind: string;
  /** What is said of its button to those who do not see it; empty: it has none. */
  label: string;
}

interface Properties {
  text: string;
  lang: string;
  passages: readonly MarkedPassage[];
  box: RefObject<HTMLDivElement | null>;
  onPassage: (id: string) => void;
  onHover: (id: string) => void;
}

/** The text with its passages marked. An id is of letters and digits. */
export const WorkText = memo(function WorkText({ text, lang, passages, box, onPassage, onHover }: Properties) {
  const words = useWords();
  const lines = useMemo(() => paragraphs(text, passages), [text, passages]);
  const byId = useMemo(() => new Map(passages.map((each) => [each.id, each])), [passages]);

  const click = (event: MouseEvent) => {
    if (document.getSelection()?.isCollapsed !== false) {
      const id = idAt(event);
      if (id !== "") {
        onPassage(id);
      }
    }
  };

  return (
    // The buttons inside are what a keyboard reaches; the box takes the mouse for whole passages.
    <div
      ref={box}
      className="work-text"
      lang={lang || undefined}
      role="region"
      aria-label={words.text.heading}
      tabIndex={0}
      onClick={click}
      onMouseOver={(event) => onHover(idAt(event))}
      onMouseLeave={() => onHover("")}
    >
      {lines.map((line, at) => (
        <Line key={at} line={line} byId={byId} signature={signature(line, byId)} />
      ))}
    </div>
  );
});

interface LineProperties {
  line: Paragraph;
  byId: ReadonlyMap<string, MarkedPassage>;
  /** Says all that decides how the line is drawn, beside its text. */
  signature: string;
}

const Line = memo(
  function Line({ line, byId }: LineProperties) {
    return (
      <p data-start={line.start} className={line.text === "" ? "empty" : undefined}>
        {line.segments.map((segment) =>
          segment.ids.length === 0 ? (
            <Letters key={segment.start} text={segment.text} />
          ) : (
            <Marked key={segment.start} segment={segment} byId={byId} />
          ),
        )}
      </p>
    );
  },
  (before, after) => before.line.text === after.line.text && before.signature === after.signature && before.line.start === after.line.start,
);

function Marked({ segment, byId }: { segment: Segment; byId: ReadonlyMap<string, MarkedPassage> }) {
  const kinds = [...new Set(segment.ids.map((id) => byId.get(id)?.kind ?? "point"))];
  return (
    <>
      {segment.opening.map((id) => {
        const label = byId.get(id)?.label ?? "";
        return (
          label !== "" && (
            <button key={id} type="button" className={`to-point ${byId.get(id)?.kind}`} data-ids={id} aria-label={label}>
              {id}
            </button>
          )
        );
      })}
      <mark className={kinds.join(" ")} data-ids={segment.ids.join(" ")}>
        <Letters text={segment.text} />
      </mark>
    </>
  );
}

function Letters({ text }: { text: string }) {
  const words = useWords();
  return stretches(text).map((each, at) =>
    each.hidden ? (
      <span key={at} className="hidden-character" title={words.text.hidden} data-units={each.units}>
        {each.text}
      </span>
    ) : (
      each.text
    ),
  );
}

function signature(line: Paragraph, byId: ReadonlyMap<string, MarkedPassage>): string {
  if (line.key === "") {
    return "";
  }
  const ids = new Set(line.segments.flatMap((each) => each.ids));
  return line.key + [...ids].map((id) => `${byId.get(id)?.kind}${byId.get(id)?.label}`).join();
}

/** The shortest passage under the mouse; empty: none. */
function idAt(event: MouseEvent): string {
  const ids = (event.target as Element).closest("[data-ids]")?.getAttribute("data-ids")?.split(" ") ?? [];
  return ids.at(-1) ?? "";
}

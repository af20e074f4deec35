import { stretches } from "../text/visible.ts";
import { useWords } from "../words/language.tsx";

/** Shows a text that somebody else wrote: as text, apart from the direction of what is around it. */
export function Said({ text, lang, className }: { text: string; lang?: string; className?: string }) {
  const words = useWords();
  return (
    <bdi className={className} lang={lang}>
      {stretches(text).map((each, at) =>
        each.hidden ? (
          <span key={at} className="hidden-character" title={words.text.hidden}>
            {each.text}
          </span>
        ) : (
          each.text
        ),
      )}
    </bdi>
  );
}

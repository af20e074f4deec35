import { useWords } from "../words/language.tsx";

interface Properties {
  ids: readonly string[];
  /** A point's number, by its id; one that has none is not shown. */
  numbers: ReadonlyMap<string, number>;
  onPoint: (number: number) => void;
}

/** The numbers of points, each leading to its point. */
export function PointReferences({ ids, numbers, onPoint }: Properties) {
  const words = useWords();
  return ids.map((id) => {
    const number = numbers.get(id);
    return (
      number !== undefined && (
        <button key={id} type="button" className="reference" aria-label={words.points.numbered(number)} onClick={() => onPoint(number)}>
          {number}
        </button>
      )
    );
  });
}

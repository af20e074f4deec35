import { Said } from "../common/Said.tsx";

/** Lines that name files. */
export function Named({ lines }: { lines: readonly string[] }) {
  return (
    lines.length > 0 && (
      <ul className="named">
        {lines.map((line, at) => (
          <li key={at}>
            <Said text={line} />
          </li>
        ))}
      </ul>
    )
  );
}

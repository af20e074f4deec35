import { useId } from "react";

interface FieldProperties {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  wrong?: string;
  /** More than one: a box of so many lines. */
  lines?: number;
  isNumber?: boolean;
}

/** A labelled box for words. */
export function Field({ label, value, onChange, hint = "", wrong = "", lines = 1, isNumber = false }: FieldProperties) {
  const id = useId();
  const shared = {
    id,
    value,
    "aria-describedby": `${id}-hint ${id}-wrong`,
    "aria-invalid": wrong !== "",
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint !== "" && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {lines > 1 ? (
        <textarea {...shared} rows={lines} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <input {...shared} type="text" inputMode={isNumber ? "decimal" : "text"} onChange={(event) => onChange(event.target.value)} />
      )}
      <span id={`${id}-wrong`} className="wrong" role="status">
        {wrong}
      </span>
    </div>
  );
}

interface ChoiceProperties {
  label: string;
  value: string;
  /** What is shown, by value. */
  options: Readonly<Record<string, string>>;
  onChange: (value: string) => void;
  hint?: string;
}

/** A labelled choice of one. */
export function Choice({ label, value, options, onChange, hint = "" }: ChoiceProperties) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint !== "" && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      <select id={id} value={value} aria-describedby={hint === "" ? undefined : `${id}-hint`} onChange={(event) => onChange(event.target.value)}>
        {Object.entries(options).map(([each, shown]) => (
          <option key={each} value={each}>
            {shown}
          </option>
        ))}
      </select>
    </div>
  );
}

import { useRef } from "react";

interface Properties {
  label: string;
  onChoose: (files: readonly File[]) => void;
  /** What the system's window offers; unset: every file. */
  accept?: string;
  multiple?: boolean;
  disabled?: boolean;
  /** Tells the input from others. */
  className?: string;
}

/** A button that lets files be chosen. The same file may be chosen again. */
export function FileChooser({ label, onChoose, accept, multiple, disabled, className = "" }: Properties) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" disabled={disabled} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        className={`unseen ${className}`}
        type="file"
        accept={accept}
        multiple={multiple}
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          onChoose([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
    </>
  );
}

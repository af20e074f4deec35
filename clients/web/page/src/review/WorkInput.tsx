import { useId, useState } from "react";
import { readFile } from "../api/files.ts";
import { FileChooser } from "../common/FileChooser.tsx";
import { Said } from "../common/Said.tsx";
import { whyNot } from "../refusals.ts";
import { CodePointIndex } from "../text/code_points.ts";
import { visible } from "../text/visible.ts";
import { useLanguage } from "../words/language.tsx";
import { isOfFile, type WorkForm } from "./request.ts";

export const MOST_CHARACTERS = 100_000;

interface Properties {
  form: Pick<WorkForm, "text" | "fileId" | "fileText" | "title" | "fileFormat">;
  onChange: (change: Partial<WorkForm>) => void;
}

/** Where a text is pasted, or a file dropped or chosen. */
export function WorkInput({ form, onChange }: Properties) {
  const { words, language } = useLanguage();
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  const [reading, setReading] = useState("");
  const [notes, setNotes] = useState<readonly string[]>([]);
  const [wrong, setWrong] = useState("");
  const count = new CodePointIndex(form.text).length;

  const take = async (file: File | undefined) => {
    if (file === undefined) {
      return;
    }
    setWrong("");
    setNotes([]);
    setReading(file.name);
    try {
      const read = await readFile(file);
      onChange({
        text: read.text,
        fileText: read.text,
        fileId: read.file_id,
        fileFormat: read.format,
        title: (form.fileText === "" && form.title) || visible(read.name).replace(/\.\w{1,5}$/, ""),
      });
      const remarks = [read.assumed, ...read.notes].filter((each) => each !== "");
      setNotes([words.form.wasRead(visible(read.name), read.format === "text" ? words.form.plainText : read.format), ...remarks]);
    } catch (error) {
      setWrong(whyNot(error, words, language));
    } finally {
      setReading("");
    }
  };

  return (
    <div
      className={isOver ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        void take(event.dataTransfer.files[0]);
      }}
    >
      <label htmlFor={id}>{words.form.text}</label>
      <p className="hint" id={`${id}-hint`}>
        {isOver ? words.form.dropped : words.form.paste}
      </p>
      <textarea
        id={id}
        rows={12}
        value={form.text}
        aria-describedby={`${id}-hint ${id}-count`}
        aria-invalid={count > MOST_CHARACTERS}
        onChange={(event) => onChange({ text: event.target.value.toWellFormed() })}
      />
      <p className="row">
        <FileChooser label={words.form.choose} onChoose={(files) => void take(files[0])} />
        <span className="hint">{words.form.formats}</span>
        <span className="hint end" id={`${id}-count`}>
          {words.form.characters(count, MOST_CHARACTERS)}
        </span>
      </p>
      <div role="status">
        {reading !== "" && (
          <p>
            <Said text={words.form.readingFile(reading)} />
          </p>
        )}
        {notes.map((note) => (
          <p key={note} className="note">
            <Said text={note} />
          </p>
        ))}
        {form.fileId !== "" && !isOfFile(form) && <p className="note">{words.form.textChanged}</p>}
      </div>
      {count > MOST_CHARACTERS && <p role="alert">{words.form.tooLong}</p>}
      {wrong !== "" && (
        <p role="alert">
          <Said text={wrong} />
        </p>
      )}
    </div>
  );
}

import { useId, useState } from "react";
import { FileChooser } from "../common/FileChooser.tsx";
import { Said } from "../common/Said.tsx";
import { useLanguage } from "../words/language.tsx";
import { sendRoster, sendWork, type TakenFiles, type TakenRoster } from "./class_api.ts";
import { whyNot, Wrong } from "./Wrong.tsx";

interface Properties {
  classId: string;
  /** Something was taken. */
  onTaken: () => void;
}

/** Where the works are dropped or chosen, and the roster of pseudonyms. One that cannot be read is told. */
export function WorkFiles({ classId, onTaken }: Properties) {
  const { words, language } = useLanguage();
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  const [reading, setReading] = useState("");
  const [files, setFiles] = useState<TakenFiles>();
  const [matched, setMatched] = useState<TakenRoster>();
  const [refusal, setRefusal] = useState<unknown>();

  const take = async (chosen: readonly File[]) => {
    const all: TakenFiles = { taken: [], refused: [] };
    setFiles(undefined);
    setMatched(undefined);
    setRefusal(undefined);
    // One after the other: the server reads few files at once.
    for (const file of chosen) {
      setReading(file.name);
      try {
        const { taken, refused } = await sendWork(classId, file);
        all.taken.push(...taken);
        all.refused.push(...refused);
        onTaken();
      } catch (error) {
        all.refused.push({ name: file.name, message: whyNot(error, words, language) });
      }
    }
    setReading("");
    setFiles(all);
  };
  const takeRoster = async (file: File | undefined) => {
    if (file === undefined) {
      return;
    }
    setMatched(undefined);
    setRefusal(undefined);
    setReading(file.name);
    try {
      setMatched(await sendRoster(classId, file));
      onTaken();
    } catch (error) {
      setRefusal(error);
    } finally {
      setReading("");
    }
  };

  return (
    <section
      aria-labelledby={id}
      className={isOver ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        void take([...event.dataTransfer.files]);
      }}
    >
      <h2 id={id}>{words.classes.addWorks}</h2>
      <p className="hint">{words.classes.addWorksHint}</p>
      <p className="row">
        <FileChooser label={words.classes.chooseWorks} disabled={reading !== ""} className="works-chooser" multiple onChoose={(files) => void take(files)} />
        <span className="hint">{words.classes.formats}</span>
      </p>
      <p className="row">
        <FileChooser
          label={words.classes.chooseRoster}
          disabled={reading !== ""}
          className="roster-chooser"
          accept=".csv,.tsv,.txt"
          onChoose={(files) => void takeRoster(files[0])}
        />
        <span className="hint">{words.classes.rosterHint}</span>
      </p>
      <div role="status">
        {reading !== "" && (
          <p>
            <Said text={words.form.readingFile(reading)} />
          </p>
        )}
        {files && <p className="note">{words.classes.taken(files.taken.length, files.refused.length)}</p>}
        {files && <Named lines={files.refused.map(({ name, message }) => `${name}: ${message}`)} />}
        {files && <Named lines={files.taken.flatMap(({ name, remarks }) => remarks.map((each) => `${name}: ${each}`))} />}
        {matched && <p className="note">{words.classes.rosterTaken}</p>}
        {matched && <Named title={words.classes.withoutFile} lines={matched.without_file} />}
        {matched && <Named title={words.classes.withoutLine} lines={matched.without_line} />}
      </div>
      <Wrong error={refusal} />
    </section>
  );
}

function Named({ title = "", lines }: { title?: string; lines: readonly string[] }) {
  if (lines.length === 0) {
    return null;
  }
  return (
    <>
      {title !== "" && <p>{title}</p>}
      <ul className="named">
        {lines.map((line, at) => (
          <li key={at}>
            <Said text={line} />
          </li>
        ))}
      </ul>
    </>
  );
}

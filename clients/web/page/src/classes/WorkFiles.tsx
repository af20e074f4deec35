import { useId, useState } from "react";
import { session } from "../api/session.ts";
import { FileChooser } from "../common/FileChooser.tsx";
import { Said } from "../common/Said.tsx";
import { refusalSaid, whyNot } from "../refusals.ts";
import { useLanguage } from "../words/language.tsx";
import { missFile, sendRoster, sendWork, type ShownClass, type TakenFiles } from "./class_api.ts";
import { MissingFiles } from "./MissingFiles.tsx";
import { Named } from "./Named.tsx";
import { sharedPseudonyms } from "./pseudonyms.ts";
import { Wrong } from "./Wrong.tsx";

interface Properties {
  shown: ShownClass;
  /** Something was taken. */
  onTaken: () => void;
}

/** The reason of a file whose work the class has. */
const ALREADY_THERE = "ALREADY_THERE";

/** What became of the files that were chosen last. Which were not taken the class itself knows. */
interface Outcome {
  taken: TakenFiles["taken"];
  refused: number;
  /** Those that the class does not list as missing, with the reason. */
  unheard: string[];
}

/** Where the works are dropped or chosen, and the roster of pseudonyms. One that cannot be read is told. */
export function WorkFiles({ shown, onTaken }: Properties) {
  const { words, language } = useLanguage();
  const classId = shown.id;
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  const [reading, setReading] = useState("");
  const [files, setFiles] = useState<Outcome>();
  const [isMatched, setIsMatched] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();

  const shared = sharedPseudonyms(shown.works);
  const take = async (chosen: readonly File[]) => {
    const all: Outcome = { taken: [], refused: 0, unheard: [] };
    setFiles(undefined);
    setIsMatched(false);
    setRefusal(undefined);
    // One after the other: the server reads few files at once.
    for (const file of chosen) {
      setReading(file.name);
      try {
        const { taken, refused } = await sendOrMiss(classId, file);
        all.taken.push(...taken);
        all.refused += refused.length;
        const there = refused.filter(({ reason }) => reason === ALREADY_THERE);
        all.unheard.push(...there.map((each) => `${each.name}: ${refusalSaid(each, words, language)}`));
      } catch (error) {
        all.refused++;
        all.unheard.push(`${file.name}: ${whyNot(error, words, language)}`);
      }
      onTaken();
    }
    setReading("");
    setFiles(all);
  };
  const takeRoster = async (file: File | undefined) => {
    if (file === undefined) {
      return;
    }
    setIsMatched(false);
    setRefusal(undefined);
    setReading(file.name);
    try {
      await sendRoster(classId, file);
      setIsMatched(true);
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
        {files && <p className="note">{words.classes.taken(files.taken.length, files.refused)}</p>}
        {files && <Named lines={files.unheard} />}
        {files && <Named lines={files.taken.flatMap(({ name, remarks }) => remarks.map((each) => `${name}: ${each}`))} />}
        {isMatched && <p className="note">{words.classes.rosterTaken}</p>}
      </div>
      <Wrong error={refusal} />
      {shared.length > 0 && (
        <div className="note">
          <p>{words.classes.shared}</p>
          <Named lines={shared.map(([pseudonym, names]) => `${pseudonym}: ${names.join(", ")}`)} />
        </div>
      )}
      <MissingFiles shown={shown} onChange={onTaken} />
    </section>
  );
}

/** Sends a file. One that is too large is not even sent, and is missed all the same. */
async function sendOrMiss(classId: string, file: File): Promise<TakenFiles> {
  if (file.size <= (await session()).limits.max_file_bytes) {
    return sendWork(classId, file);
  }
  await missFile(classId, file.name);
  return { taken: [], refused: [{ name: file.name, reason: "TOO_LARGE", message: "", language: "" }] };
}

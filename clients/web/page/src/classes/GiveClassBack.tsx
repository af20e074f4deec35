import { useState } from "react";
import { save } from "../api/files.ts";
import { Said } from "../common/Said.tsx";
import { useLanguage } from "../words/language.tsx";
import { type ClassFormat, giveClassBack, type ShownClass } from "./class_api.ts";
import { Wrong } from "./Wrong.tsx";

const FORMATS: readonly ClassFormat[] = ["files", "html", "csv"];

/** Makes the files of all works that are decided. */
export function GiveClassBack({ shown, onChange }: { shown: ShownClass; onChange: () => void }) {
  const { words, language } = useLanguage();
  const [said, setSaid] = useState("");
  const [refusal, setRefusal] = useState<unknown>();
  const decided = shown.works.filter(({ state }) => state === "decided" || state === "given_back").length;
  const make = async (format: ClassFormat) => {
    setRefusal(undefined);
    setSaid(words.giveBack.making);
    try {
      const made = await giveClassBack(shown.id, format, language);
      save(made.content, made.name);
      setSaid(words.giveBack.made(made.name));
    } catch (error) {
      setSaid("");
      setRefusal(error);
    }
    onChange();
  };
  return (
    <section aria-labelledby="give-class-back">
      <h2 id="give-class-back">{words.giveBack.heading}</h2>
      <p className="hint">{words.classes.giveBackHint(decided)}</p>
      <p className="row">
        {FORMATS.map((format) => (
          <button key={format} type="button" disabled={decided === 0 && format !== "csv"} onClick={() => void make(format)}>
            {words.classes.formatsBack[format]}
          </button>
        ))}
      </p>
      <p role="status">
        <Said text={said} />
      </p>
      <Wrong error={refusal} />
    </section>
  );
}

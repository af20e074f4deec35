import { toJson } from "@bufbuild/protobuf";
import { useState } from "react";
import { DecisionsSchema } from "../../generated/chorus/feedback/v1/decision_pb.ts";
import { type GetFeedbackResponse, GetFeedbackResponseSchema } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { type GivenBackFormat, giveBack, save } from "../api/files.ts";
import type { MadeFile } from "../api/requests.ts";
import { Said } from "../common/Said.tsx";
import { whyNot } from "../refusals.ts";
import { useLanguage } from "../words/language.tsx";
import { toDecisions } from "./decisions.ts";
import { languageOf } from "./given_language.ts";
import { printSheet } from "./print_sheet.ts";
import type { Deciding } from "./use_decisions.ts";

interface Properties {
  response: GetFeedbackResponse;
  deciding: Deciding;
  title: string;
  text: string | undefined;
  fileId: string;
  fileFormat: string;
  /** Makes the file from what is kept elsewhere; unset: from what is shown here. */
  makeFile?: MakeFile;
}

/** Makes the file that an author gets, in a format and with words around in a language. */
export type MakeFile = (format: GivenBackFormat, language: string) => Promise<MadeFile>;

const IN_THE_FILE: readonly GivenBackFormat[] = ["docx", "hwpx"];
const NEEDS_FILE = "give-back-needs-file";
const BESIDE_IT: readonly GivenBackFormat[] = ["html", "md", "csv"];

/** Makes the files that an author gets, once somebody has said that this is it. */
export function GiveBack({ response, deciding, title, text, fileId, fileFormat, makeFile }: Properties) {
  const { words, language } = useLanguage();
  const [said, setSaid] = useState("");
  const [wrong, setWrong] = useState("");
  const { draft, rater } = deciding;
  const { merged } = response;
  if (merged === undefined) {
    return null;
  }

  const hasFile = (format: GivenBackFormat) => fileFormat === format && fileId !== "";
  const make = async (format: GivenBackFormat, isPrinted = false) => {
    setWrong("");
    setSaid(words.giveBack.making);
    const isInFile = hasFile(format);
    try {
      const inLanguage = languageOf(response, language);
      const made = await (makeFile?.(format, inLanguage) ??
        giveBack({
          format,
          language: inLanguage,
          ...(isInFile ? { file_id: fileId } : { text }),
          title,
          feedback: toJson(GetFeedbackResponseSchema, response),
          decisions: toJson(DecisionsSchema, toDecisions(draft, merged, rater)),
        }));
      if (isPrinted) {
        setSaid("");
        await printSheet(made.content);
      } else {
        save(made.content, made.name);
        setSaid(words.giveBack.made(made.name));
      }
    } catch (error) {
      setSaid("");
      setWrong(whyNot(error, words, language));
    }
  };

  return (
    <section className="give-back" aria-labelledby="give-back-title">
      <h2 id="give-back-title">{words.giveBack.heading}</h2>
      <p className="hint">{draft.final ? words.giveBack.hint : words.giveBack.first}</p>
      <div className="row">
        {IN_THE_FILE.map((format) => {
          // Without the file that came, comments go into a new one; memos need their own.
          const has = hasFile(format) || (format === "docx" && text !== undefined);
          return (
            <button
              key={format}
              type="button"
              disabled={!draft.final || !has}
              aria-describedby={has ? undefined : NEEDS_FILE}
              onClick={() => void make(format)}
            >
              {words.giveBack[format as "docx"]}
            </button>
          );
        })}
        {BESIDE_IT.map((format) => (
          <button
            key={format}
            type="button"
            disabled={!draft.final || (text === undefined && format !== "csv")}
            onClick={() => void make(format)}
          >
            {words.giveBack[format as "md"]}
          </button>
        ))}
        <button type="button" disabled={!draft.final || text === undefined} onClick={() => void make("html", true)}>
          {words.giveBack.print}
        </button>
      </div>
      {!hasFile("hwpx") && (
        <p className="hint" id={NEEDS_FILE}>
          {words.giveBack.needsHwpx}
        </p>
      )}
      {text === undefined && <p className="hint">{words.giveBack.needsText}</p>}
      <p role="status">
        <Said text={said} />
      </p>
      {wrong !== "" && (
        <p role="alert">
          <Said text={wrong} />
        </p>
      )}
    </section>
  );
}

import { type FormEvent, useEffect, useState } from "react";
import { Capability } from "../../generated/chorus/model/v1/model_pb.ts";
import { type CallFailure, callFailure } from "../api/call_failure.ts";
import { save } from "../api/files.ts";
import { classroomService, REVIEW_TIMEOUT_MS } from "../api/services.ts";
import { Failed } from "../common/Failed.tsx";
import { Field } from "../common/Field.tsx";
import { Said } from "../common/Said.tsx";
import { displayNames } from "../models/reviewers.ts";
import { useModels } from "../models/use_models.ts";
import { useWords } from "../words/language.tsx";
import { MakerChoice } from "./MakerChoice.tsx";
import { makerOf, makersOf } from "./makers.ts";

/** The kinds of picture that a browser shows without running anything in them. */
const ENDINGS: Readonly<Record<string, string>> = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" };

interface Drawn {
  url: string;
  content: Blob;
  model: string;
  altText: string;
}

/** A picture and the words for those who do not see it. */
export default function PicturePage() {
  const words = useWords();
  const { models: listed, failure: unlisted, refresh } = useModels();
  const nameOf = displayNames(listed?.models ?? [], words);
  const [prompt, setPrompt] = useState("");
  const [chosen, setChosen] = useState("");
  const [isDrawing, setIsDrawing] = useState(false);
  const [drawn, setDrawn] = useState<Drawn>();
  const [failure, setFailure] = useState<CallFailure>();
  const makers = makersOf(listed, Capability.IMAGE_OUTPUT);
  const model = makerOf(makers, chosen);

  useEffect(() => () => URL.revokeObjectURL(drawn?.url ?? ""), [drawn?.url]);

  const draw = async (event: FormEvent) => {
    event.preventDefault();
    setIsDrawing(true);
    setFailure(undefined);
    try {
      const response = await classroomService.generateImage({ model, prompt }, { timeoutMs: REVIEW_TIMEOUT_MS });
      const type = response.image?.mediaType ?? "";
      const content = new Blob([new Uint8Array(response.image?.data ?? [])], { type: type in ENDINGS ? type : "application/octet-stream" });
      setDrawn({ url: URL.createObjectURL(content), content, model: response.model, altText: response.altText });
    } catch (error) {
      setFailure(callFailure(error));
    } finally {
      setIsDrawing(false);
    }
  };

  return (
    <>
      <h1>{words.picture.heading}</h1>
      <p className="hint">{words.picture.hint}</p>
      <form className="narrow" onSubmit={(event) => void draw(event)}>
        <Field label={words.picture.prompt} lines={3} value={prompt} onChange={setPrompt} />
        {makers.length > 0 && <MakerChoice makers={makers} chosen={model} nameOf={nameOf} onChoose={setChosen} />}
        {listed && makers.length === 0 && <p className="note">{words.picture.noModel}</p>}
        {unlisted && <Failed failure={unlisted} title={words.form.modelsFailed} onAgain={refresh} />}
        {(listed || unlisted) && (
          <button type="submit" className="primary" disabled={isDrawing || model === "" || prompt.trim() === ""}>
            {isDrawing ? words.picture.drawing : words.picture.draw}
          </button>
        )}
      </form>
      {failure && <Failed failure={failure} />}
      {drawn && (
        <figure>
          <img src={drawn.url} alt={drawn.altText} />
          <figcaption>
            <Said text={words.picture.by(nameOf(drawn.model))} />
            <Field
              label={words.picture.alt}
              lines={2}
              value={drawn.altText}
              wrong={drawn.altText.trim() === "" ? words.picture.altMissing : ""}
              onChange={(altText) => setDrawn({ ...drawn, altText })}
            />
            <button type="button" onClick={() => save(drawn.content, `picture.${ENDINGS[drawn.content.type] ?? "bin"}`)}>
              {words.picture.save}
            </button>
          </figcaption>
        </figure>
      )}
    </>
  );
}

import type { Model } from "../../generated/chorus/model/v1/model_pb.ts";
import { Choice } from "../common/Field.tsx";
import { providerOf } from "../models/reviewers.ts";
import { useWords } from "../words/language.tsx";

interface Properties {
  makers: readonly Model[];
  chosen: string;
  nameOf: (model: string) => string;
  onChoose: (name: string) => void;
}

/** Which model makes it, and whose machines read what is asked. */
export function MakerChoice({ makers, chosen, nameOf, onChoose }: Properties) {
  const words = useWords();
  const maker = makers.find(({ name }) => name === chosen);
  return (
    <Choice
      label={words.student.model}
      hint={maker && words.form.readBy(providerOf(maker) || words.form.ours)}
      value={chosen}
      options={Object.fromEntries(makers.map(({ name }) => [name, nameOf(name)]))}
      onChange={onChoose}
    />
  );
}

import { useState } from "react";
import { readDollars } from "../amounts.ts";
import { Field } from "../common/Field.tsx";
import { goTo } from "../route.ts";
import { useWords } from "../words/language.tsx";
import { AssignmentForm } from "./AssignmentForm.tsx";
import { type AssignmentFields, createClass } from "./class_api.ts";
import { limitFault } from "./limit_fault.ts";

/** Asks for the assignment of a new class, and what its reviews may cost. */
export function NewClassForm() {
  const words = useWords();
  const [written, setWritten] = useState("");
  const fault = (most: bigint) => limitFault(written, most, words);
  const create = async (fields: AssignmentFields) => {
    const limit = readDollars(written);
    const classId = await createClass({ ...fields, limit_usd_nanos: limit === undefined ? null : Number(limit) });
    goTo({ view: "classes", feedbackId: "", classId });
  };
  return (
    <AssignmentForm heading={words.classes.create} button={words.classes.createButton} fault={fault} onSave={create}>
      {(most) => (
        <Field
          label={words.classes.limit}
          hint={words.classes.limitHint}
          value={written}
          isNumber
          wrong={fault(most)}
          onChange={setWritten}
        />
      )}
    </AssignmentForm>
  );
}

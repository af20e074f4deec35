import { useWords } from "../words/language.tsx";

/** Says whose machines read the text; it is always there. `providers` undefined: nobody is chosen. */
export function MachinesLine({ providers }: { providers: readonly string[] | undefined }) {
  const words = useWords();
  const who =
    providers === undefined
      ? words.machines.none
      : providers.length === 0
        ? words.machines.own
        : words.machines.others(providers.join(", "));
  return (
    <p className="machines">
      <strong>{words.machines.label}</strong> {who} {words.machines.names}
    </p>
  );
}

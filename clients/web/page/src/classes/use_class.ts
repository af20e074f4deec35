import { useCallback, useEffect, useState } from "react";
import { type ShownClass, showClass } from "./class_api.ts";
import { isUnderWay } from "./work_order.ts";

const RUNNING_MS = 1500;
const RESTING_MS = 15_000;

export interface Following {
  shown?: ShownClass;
  failure?: unknown;
  refresh: () => void;
}

/** Holds a class as it is now: it is asked for every 1.5 s while works are under way, else every 15 s. */
export function useClass(id: string): Following {
  const [held, setHeld] = useState<Omit<Following, "refresh">>({});
  const [turn, setTurn] = useState(0);
  const isRunning = held.shown?.works.some(isUnderWay) ?? false;

  useEffect(() => setHeld({}), [id]);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = () => {
      timer = setTimeout(() => (document.hidden ? next() : follow()), isRunning ? RUNNING_MS : RESTING_MS);
    };
    const follow = () => {
      showClass(id, stop.signal)
        .then(
          (shown) => setHeld({ shown }),
          // What was shown stays: the server may be starting anew.
          (failure: unknown) => !stop.signal.aborted && setHeld((now) => ({ ...now, failure })),
        )
        .finally(() => !stop.signal.aborted && next());
    };
    follow();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [id, turn, isRunning]);

  const refresh = useCallback(() => setTurn((count) => count + 1), []);
  return { ...held, refresh };
}

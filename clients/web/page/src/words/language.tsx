import { createContext, type ReactNode, use, useLayoutEffect, useMemo, useState } from "react";
import { en } from "./en/en.ts";
import { ko } from "./ko/ko.ts";
import type { Words } from "./words.ts";

export type Language = "en" | "ko";

export const CATALOGUE: Record<Language, Words> = { en, ko };
const KEPT_AS = "chorus.language";

interface Choice {
  language: Language;
  words: Words;
  choose: (language: Language) => void;
}

const LanguageContext = createContext<Choice>({ language: "en", words: en, choose: () => {} });

/** The first language that the reader prefers and the page speaks. */
export function preferred(wanted: readonly string[]): Language {
  const spoken = wanted.map((each) => each.toLowerCase().split("-")[0]).find((each) => each === "ko" || each === "en");
  return spoken === "ko" ? "ko" : "en";
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => preferred([kept(), ...navigator.languages]));
  // Before anything is painted: lines are broken by the language.
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choice = useMemo(() => {
    const choose = (chosen: Language) => {
      keep(chosen);
      setLanguage(chosen);
    };
    return { language, words: CATALOGUE[language], choose };
  }, [language]);
  return <LanguageContext value={choice}>{children}</LanguageContext>;
}

export function useLanguage(): Choice {
  return use(LanguageContext);
}

export function useWords(): Words {
  return use(LanguageContext).words;
}

function kept(): string {
  try {
    return localStorage.getItem(KEPT_AS) ?? "";
  } catch {
    return "";
  }
}

function keep(language: Language): void {
  try {
    localStorage.setItem(KEPT_AS, language);
  } catch {
    // A browser that keeps nothing asks anew each time.
  }
}

// Sentences that come in both of the staff's languages.

export interface Sentence {
  ja: string;
  en: string;
}

const english = document.documentElement.lang === "en";

/** Says either of two texts, by the page's language. */
export const either = (ja: string, en: string): string => (english ? en : ja);

/** Says a sentence in the page's language. */
export const local = (s: Sentence): string => either(s.ja, s.en);

// Sentences that come in both of the staff's languages.

export interface Sentence {
  ja: string;
  en: string;
}

const english = document.documentElement.lang === "en";

/** Says a sentence in the page's language. */
export const local = (s: Sentence): string => (english ? s.en : s.ja);

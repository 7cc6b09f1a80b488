// The programs' sentences, from pwa/i18n in the page's language; each language is a file of its own, of which one is loaded.
import type sentences from "../../i18n/ja.json";

type Named<Key, Kind extends string> = Key extends `${Kind}.${infer Name}` ? Name : never;

export type Word = Named<keyof typeof sentences, "word"> | Named<keyof typeof sentences, "counter">;

const loaders: Record<string, () => Promise<{ default: Record<string, string> }>> = {
  ja: () => import("word:ja"),
  "ja-easy": () => import("word:ja-easy"),
  en: () => import("word:en"),
  "zh-Hans": () => import("word:zh-Hans"),
  vi: () => import("word:vi"),
};

/** The page's language by its name in pwa/i18n. */
export const language = document.documentElement.dataset["text"] ?? "ja";

const words: Record<string, string> = { ...(await (loaders[language] ?? loaders["ja"]!)()).default };

/** Adds sentences that only one program has. */
export function addWords(more: Record<string, string>): void {
  Object.assign(words, more);
}

/** Returns a sentence in the page's language, its placeholders filled. */
export function word(key: Word, values: Record<string, string | number> = {}): string {
  return (words[key] ?? key).replace(/\{(\w)\}/g, (_, name: string) => String(values[name] ?? ""));
}

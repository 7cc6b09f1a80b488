// The programs' sentences, from pwa/i18n in the page's language; each language is a file of its own, of which
// one is loaded.
import loaders from "loaders:word";
import type sentences from "../../i18n/ja.json";

type Named<Key, Kind extends string> = Key extends `${Kind}.${infer Name}` ? Name : never;
type Values = Record<string, string | number>;

/** Returns a sentence in the page's language, its placeholders filled. */
export type Sentences<Kind extends string> = (
  key: Named<keyof typeof sentences, Kind>,
  values?: Values,
) => string;

export type Word = Named<keyof typeof sentences, "word"> | Named<keyof typeof sentences, "counter">;

/** The page's language by its name in pwa/i18n. */
export const language = document.documentElement.dataset["text"] ?? "ja";

const words: Record<string, string> = { ...(await load(loaders)) };

/** Adds sentences that only one program has. */
export function addWords(more: Record<string, string>): void {
  Object.assign(words, more);
}

/** Returns a sentence in the page's language, its placeholders filled. */
export function word(key: Word, values: Values = {}): string {
  return filled(words[key] ?? key, values);
}

/** Loads the sentences of a part that is opened later. It rejects without network, and may be asked again. */
export async function part<Kind extends string>(of: typeof loaders): Promise<Sentences<Kind>> {
  const own = await load(of);
  return (key, values = {}) => filled(own[key] ?? key, values);
}

async function load(from: typeof loaders): Promise<Record<string, string>> {
  return (await (from[language] ?? from["ja"]!)()).default;
}

function filled(text: string, values: Values): string {
  return text.replace(/\{(\w)\}/g, (_, name: string) => String(values[name] ?? ""));
}

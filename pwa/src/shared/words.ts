// The programs' sentences, from the catalogue (message/catalogue) in the page's language; each language
// is a file of its own, of which one is loaded.
import loaders from "loaders:word";
import type console from "../../../message/catalogue/pages/console.json";
import type rehearsal from "../../../message/catalogue/pages/rehearsal.json";
import type screen from "../../../message/catalogue/pages/screen.json";
import type ways from "../../../message/catalogue/pages/ways.json";
import type words from "../../../message/catalogue/pages/words.json";
import type forstaff from "../../../message/catalogue/staff/forstaff.json";

type Keys = keyof (typeof console & typeof rehearsal & typeof screen & typeof ways & typeof words &
  typeof forstaff);

type Named<Key, Kind extends string> = Key extends `${Kind}.${infer Name}` ? Name : never;
type Values = Record<string, string | number>;

/** Returns a sentence in the page's language, its placeholders filled. */
export type Sentences<Kind extends string> = (
  key: Named<Keys, Kind>,
  values?: Values,
) => string;

export type Word = Named<Keys, "word"> | Named<Keys, "counter">;

/** The page's language by its name in the catalogue. */
export const language = document.documentElement.dataset["text"] ?? "ja";

/** Whether the reader wants readings above the characters, and the page's language has them. */
const furigana = document.documentElement.classList.contains("furigana");

if (furigana) {
  const { showReadings } = await import("./ruby");
  showReadings();
}

const loaded: Record<string, string> = { ...(await load(loaders)) };

/** Adds sentences that only one program has. */
export function addWords(more: Record<string, string>): void {
  Object.assign(loaded, more);
}

/** Returns a sentence in the page's language, its placeholders filled. */
export function word(key: Word, values: Values = {}): string {
  return filled(loaded[key] ?? key, values);
}

/** Returns what says the sentences of a kind. */
export function sentencesOf<Kind extends string>(own: Record<string, string>): Sentences<Kind> {
  return (key, values = {}) => filled(own[key] ?? key, values);
}

/** Loads the sentences of a part that is opened later. It rejects without network, and may be asked again. */
export async function part<Kind extends string>(of: typeof loaders): Promise<Sentences<Kind>> {
  return sentencesOf<Kind>(await load(of));
}

async function load(from: typeof loaders): Promise<Record<string, string>> {
  const { default: own } = await (from[language] ?? from["ja"]!)();
  return furigana ? own : Object.fromEntries(Object.entries(own).map(([key, text]) => [key, bare(text)]));
}

/** Returns a sentence without its readings. */
function bare(text: string): string {
  return text.replace(/\ufff9([^\ufffa]*)\ufffa[^\ufffb]*\ufffb/g, "$1");
}

function filled(text: string, values: Values): string {
  return text.replace(/\{(\w)\}/g, (_, name: string) => String(values[name] ?? ""));
}

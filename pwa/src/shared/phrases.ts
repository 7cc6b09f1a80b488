// Sentences of the parts that are loaded when they are first used: each has its own table, Japanese and English.

type Values = Record<string, string | number>;

/** Binds a table of sentences; the placeholders {x} are filled. Readers of a language other than Japanese get the English. */
export function phrases<K extends string>(table: Record<K, readonly [string, string]>): (key: K, values?: Values) => string {
  return (key, values = {}) => {
    const text = table[key][document.documentElement.lang.startsWith("ja") ? 0 : 1];
    return text.replace(/\{(\w)\}/g, (_, name: string) => String(values[name] ?? ""));
  };
}

// A person's items in the order and writing of a receipt computer's form: full-width kana, the birth date by
// era or western as this PC is set.

/** The items in the form's order. */
const order = [
  "kana",
  "name",
  "birthDate",
  "sex",
  "insurerNumber",
  "symbol",
  "number",
  "branchNumber",
  "shareText",
] as const;

const setting = "copy-calendar";

/** How birth dates are written, era (S30.07.01) or year (1955/07/01): as this PC is set, or its facility. */
export function calendar(): string {
  let own: string | null = null;
  try {
    own = localStorage.getItem(setting);
  } catch {
    // the facility's counts
  }
  const facility = document.querySelector<HTMLElement>("[data-calendar]")?.dataset["calendar"];
  return (own ?? facility) === "year" ? "year" : "era";
}

export function setCalendar(value: string): void {
  try {
    localStorage.setItem(setting, value);
  } catch {
    // it counts until the page is closed
  }
}

/** Writes one item as the form takes it. */
export function written(e: Record<string, string | number>, item: string): string {
  const text = String(e[item] ?? "");
  if (item === "kana") return text.normalize("NFKC"); // files come with half-width kana
  if (item !== "birthDate") return text;
  return (calendar() === "era" && String(e["birthDateEra"] ?? "")) || text.replaceAll("-", "/");
}

/** Returns all items, separated by tabs. */
export const columns = (e: Record<string, string | number>): string =>
  order.map((item) => written(e, item)).join("\t");

// A person's data as a receipt computer takes them in, in the order of its form: full-width kana, the birth
// date by era or western as this PC is set. Elements: #copy, #copy-state, #copy-calendar.
import { Problem } from "../shared/api";
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";
import type { Case } from "./casedata";
import { atHand } from "./current";

const setting = "copy-calendar";
const choices = (): HTMLInputElement[] => [...byId("copy-calendar").querySelectorAll("input")];

/** Whether a case's data may be used: not those of a screen or card that was refused. */
export const usable = (c: Case): boolean => c.eligibility !== null && c.acceptable && !c.cardRefused;

/** Returns what is copied, its columns separated by tabs. */
function columns(e: Record<string, string | number>, calendar: string): string {
  const text = (name: string): string => String(e[name] ?? "");
  const birth = text("birthDate");
  return [
    text("kana").normalize("NFKC"), // files come with half-width kana
    text("name"),
    (calendar === "era" && text("birthDateEra")) || birth.replaceAll("-", "/"),
    text("sex"),
    text("insurerNumber"),
    text("symbol"),
    text("number"),
    text("branchNumber"),
    text("shareText"),
  ].join("\t");
}

function remembered(): string {
  try {
    return localStorage.getItem(setting) === "year" ? "year" : "era";
  } catch {
    return "era";
  }
}

/** Copies the data of the case at hand. */
export async function copy(): Promise<void> {
  const c = atHand();
  if (!c?.eligibility) return;
  if (!usable(c)) throw new Problem(0, "case.copy", word("copyRefused"));
  await navigator.clipboard.writeText(columns(c.eligibility, remembered()));
  setText(byId("copy-state"), word("copied"));
}

/** Makes the setting work. */
export function watchCopying(): void {
  for (const choice of choices()) {
    choice.checked = choice.value === remembered();
    choice.addEventListener("change", () => {
      try {
        localStorage.setItem(setting, choice.value);
      } catch {
        // it counts until the page is closed
      }
    });
  }
}

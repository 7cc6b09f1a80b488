// Copies the data of the case at hand, as a receipt computer takes them in (receiptform.ts). Elements: #copy,
// #copy-state, #copy-calendar.
import { Problem } from "../shared/api";
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";
import type { Case } from "./casedata";
import { atHand } from "./current";
import { calendar, columns, setCalendar } from "./receiptform";

const choices = (): HTMLInputElement[] => [...byId("copy-calendar").querySelectorAll("input")];

/** Whether a case's data may be used: not those of a screen or card that was refused. */
export const usable = (c: Case): boolean => c.eligibility !== null && c.acceptable && !c.cardRefused;

/** Copies the data of the case at hand. */
export async function copy(): Promise<void> {
  const c = atHand();
  if (!c?.eligibility) return;
  if (!usable(c)) throw new Problem(0, "case.copy", word("copyRefused"));
  await navigator.clipboard.writeText(columns(c.eligibility));
  setText(byId("copy-state"), word("copied"));
}

/** Makes the setting work. */
export function watchCopying(): void {
  for (const choice of choices()) {
    choice.checked = choice.value === calendar();
    choice.addEventListener("change", () => setCalendar(choice.value));
  }
}

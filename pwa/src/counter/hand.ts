// One case after another: a case is taken up, goes on, and is set aside or over. Elements: #scan-text.
import { byId } from "../shared/dom";
import { word } from "../shared/words";
import { offerComparisons, setTicks, ticks } from "./accept";
import { type Aside, forget, setAside } from "./aside";
import { keepKeyboard, showNone } from "./case";
import type { Case } from "./casedata";
import { atHand, setAtHand } from "./current";
import { closeReason, reason, setReason } from "./reason";
import { bound, giveUp, stopWaiting } from "./turn";

let openedBy = "";

/** What was read for the case at hand. */
export const opener = (): string => openedBy;

/** Makes a case the one at hand, as it stood when it was set aside; the one before is set aside. */
export function takeCase(c: Case, as: Partial<Omit<Aside, "of">> = {}): void {
  const before = atHand();
  if (before && before.id !== c.id) leave();
  forget(c.id);
  openedBy = as.text ?? "";
  setReason(as.reason ?? "");
  goOnWith(c, as.ticks ?? c.visual);
}

/** Shows what a step of the case at hand came to, with its next step. */
export function goOnWith(c: Case, ticked = ticks()): void {
  byId<HTMLTextAreaElement>("scan-text").value = "";
  offerComparisons(c.compare);
  setTicks(c.cardRefused ? [] : ticked);
  setAtHand(c);
  keepKeyboard(c);
}

/** Sets the case at hand aside: it stays in the list of those that go on later. */
export function leave(): void {
  const c = atHand();
  if (c && (c.acceptable || c.paper || c.verdict.awaits || reason())) {
    setAside({ of: c, text: openedBy, reason: reason(), ticks: ticks() });
  }
  const typed = c ? "" : byId<HTMLTextAreaElement>("scan-text").value;
  clear(word("waiting"));
  byId<HTMLTextAreaElement>("scan-text").value = typed;
  byId<HTMLTextAreaElement>("scan-text").select();
}

/** Closes the case at hand, and what it waits for, unless its record is being made or taken back. */
export function closeCase(): void {
  if (bound()) return;
  giveUp();
  leave();
}

/** Goes on with a case that was set aside; the one at hand takes its place in the list. */
export function resume(one: Aside): void {
  if (bound()) return;
  giveUp();
  stopWaiting();
  takeCase(one.of, one);
}

/** Escape ends what was opened last: the field for a reason, then the case. */
export function escape(): void {
  if (!closeReason()) closeCase();
}

/** Clears the panes for the next patient. */
export function clear(sentence: string): void {
  stopWaiting();
  openedBy = "";
  setTicks([]);
  setAtHand(null);
  showNone(sentence);
  closeReason();
  setReason("");
  byId<HTMLTextAreaElement>("scan-text").value = "";
  byId("scan-text").focus(); // a reader that types what it reads just works
}

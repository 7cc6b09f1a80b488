// What is not ours: staff pick what they see by one press, type what stands on it, and it is a case.
// Elements: #paper-choices, #paper-correct, #problem, and those of paper-form.ts and paper-notes.ts.
import { call, Problem } from "../shared/api";
import { byId } from "../shared/dom";
import { word } from "../shared/words";
import type { Case } from "./casedata";
import { atHand, onCase, setAtHand } from "./current";
import { closeCase, goOnWith, takeCase } from "./hand";
import { closeForm, openForm, typing, watchForm } from "./paper-form";
import { type Kind, kinds, type Typed } from "./paper-kinds";
import { pointAt } from "./paper-notes";
import { askReason } from "./reason";
import { act, answered, binding, bound, follows, stopWaiting } from "./turn";
import type { End } from "./wayend";
import { onWay } from "./wayforms";

const path = "/api/v1/counter/papers";
const ofCase = ["F2", "F4"]; // keys.ts; not while its paper is being typed anew

/** Opens the form for a kind: for a new case, or to correct the one at hand. */
function pick(kind: Kind): void {
  if (bound()) return follows(async () => pick(kind)); // the record of the one before
  const c = atHand();
  byId("problem").hidden = true;
  if (!c) {
    stopWaiting();
    openForm(kind);
  } else if (c.paper) {
    openForm(kind, c.paper.typed, () => setAtHand(atHand()));
  } else {
    void act(() => Promise.reject(new Problem(0, "case.open", word("caseOpen"))));
  }
}

/** Makes what was typed a case; one that is parked or refused needs not be whole, but a reason. */
async function send(typed: Typed, end?: End): Promise<void> {
  const c = atHand();
  try {
    const read = c?.paper
      ? await binding(() => call<Case>("PUT", `${path}/${c.id}`, typed))
      : await answered(call<Case>("POST", path, typed));
    closeForm(true);
    if (c) goOnWith(read, read.visual);
    else takeCase(read);
    if (end) askReason(end);
  } catch (e) {
    if (e instanceof Problem && e.field && typing()) pointAt(e.field);
    throw e;
  }
}

/** Makes the choice and its form work. Alt and a digit of the upper row pick wherever the keyboard is. */
export function watchPapers(): void {
  for (const b of byId("paper-choices").querySelectorAll<HTMLButtonElement>("button[data-kind]")) {
    b.addEventListener("click", () => pick(b.dataset["kind"] as Kind));
  }
  byId("paper-correct").addEventListener("click", () => {
    const c = atHand();
    if (c?.paper) pick(c.paper.kind);
  });
  watchForm((typed, end) => void act(() => send(typed, end)));
  onWay(kinds.map((k) => k.kind), (way) => {
    if (atHand() && !atHand()?.paper) closeCase(); // it is set aside
    pick(way.code as Kind);
  });
  document.addEventListener("keydown", (e) => {
    if (e.isComposing || document.querySelector("dialog[open]")) return;
    const digit = e.altKey && !e.ctrlKey && !e.metaKey ? /^Digit([1-5])$/.exec(e.code)?.[1] : undefined;
    const open = typing() !== null;
    if (digit) pick(kinds[Number(digit) - 1]!.kind);
    else if (open && e.key === "Escape") closeForm();
    else if (open && e.key === "F8") byId("paper-park").click();
    else if (!open || !ofCase.includes(e.key)) return;
    e.preventDefault();
    e.stopImmediatePropagation();
  }, { capture: true });
  onCase((_, another) => {
    if (another) closeForm();
    byId("paper-correct").hidden = !atHand()?.paper;
  });
}

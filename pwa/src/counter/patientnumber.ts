// The clinic's own number of a patient (診察券番号), typed or read off its bar code: F9 opens its sheet, which
// says what was recorded this month for it. It belongs to the case at hand, or to the next one opened.
// Elements: #p-number, #next-number, #number-open, #reason, #reason-number.
import { call, Problem } from "../shared/api";
import { openSheet } from "../shared/dialog";
import { byId, h, setText } from "../shared/dom";
import { local, type Sentence } from "../shared/local";
import { word } from "../shared/words";
import type { Case } from "./casedata";
import { atHand, learn, onCase } from "./current";
import { act } from "./turn";
import { handsOver } from "./wedge";

interface Found extends Sentence {
  name: string;
  birthDateJa: string;
  method: Sentence;
  staff: string;
}

interface Answer extends Sentence {
  found: Found | null;
}

let next = ""; // of the case that is opened next

const inReason = (): HTMLInputElement => byId<HTMLInputElement>("reason-number");

/** What stands in the field beside the reason. */
export const typedNumber = (): string => inReason().value;

async function give(c: Case, patientNumber: string): Promise<void> {
  learn(await call<Case>("POST", `/api/v1/counter/cases/${c.id}/patient-number`, { patientNumber }));
}

function said(answer: Answer): HTMLElement[] {
  const { found } = answer;
  if (!found) return [h("p", "", local(answer))];
  const who = found.name ? `${found.name}（${found.birthDateJa}）` : "";
  return [
    h("p", "month-found", h("b", "", local(found))),
    h("p", "", [who, local(found.method), found.staff].filter(Boolean).join("・")),
    h("p", "help", word("monthNotNow")),
  ];
}

/** Opens the sheet. */
export function openNumber(): void {
  const field = document.createElement("input");
  field.id = "patient-number";
  field.autocomplete = "off";
  field.maxLength = 40;
  field.value = atHand()?.patientNumber ?? next;
  const label = h("label", "", word("numberLabel"));
  label.setAttribute("for", field.id);
  const answer = h("div", "month");
  answer.setAttribute("role", "status");
  const problem = h("p", "note refusal");
  problem.setAttribute("role", "alert");
  problem.hidden = true;
  const go = h("button", "button main", word("numberGo"), h("kbd", "", "Enter"));
  const form = h("form", "", h("p", "", label, field), problem, h("p", "", go)) as HTMLFormElement;

  const take = async (): Promise<void> => {
    problem.hidden = true;
    const patientNumber = field.value;
    const c = atHand();
    try {
      const asked = patientNumber.trim()
        ? await call<Answer>("POST", "/api/v1/counter/this-month", { patientNumber })
        : null;
      if (c) await give(c, patientNumber);
      else setNext(patientNumber.trim());
      answer.replaceChildren(
        ...(asked ? said(asked) : []),
        h("p", "help", word(!patientNumber.trim() ? "numberGone" : c ? "numberOfCase" : "numberOfNext")),
      );
    } catch (e) {
      answer.replaceChildren();
      problem.hidden = false;
      setText(problem, e instanceof Problem ? e.message : word("serverOff"));
    }
    field.select(); // the next number takes its place
  };
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    void take();
  });
  field.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && !e.isComposing) handsOver(e); // a reader's second Enter presses nothing
  });
  openSheet("number-sheet", word("numberTitle"), h("p", "", word("numberWhy")), form, answer);
  field.focus();
  field.select();
}

function setNext(patientNumber: string): void {
  next = patientNumber;
  byId("next-number").hidden = !next;
  setText(byId("next-number"), next ? word("numberNext", { n: next }) : "");
}

let shown = ""; // of the case at hand, as the server has it

function show(c: Case | null, another: boolean): void {
  const n = c?.patientNumber ?? "";
  byId("p-number").hidden = !n;
  setText(byId("p-number"), n ? word("parkedNumber", { n }) : "");
  if (another || n !== shown) inReason().value = n; // what is typed there stays otherwise
  shown = n;
}

/** Gives a case that was just opened the number that waits for it. */
function giveNext(c: Case): void {
  const waiting = next;
  setNext("");
  give(c, waiting).catch((e: unknown) => act(() => Promise.reject(e)));
}

const gap = 50; // ms between two keys: a reader is faster, a person slower
const shortest = 4; // of a bar code

/**
 * Puts a bar code that is read while the reason has the keyboard into the field of the number: its Enter
 * parks nothing.
 */
function watchBarCode(): void {
  const reason = byId<HTMLInputElement>("reason");
  let keys = "";
  let last = -Infinity;
  let before = "";
  document.addEventListener("keydown", (e) => {
    if (document.activeElement !== reason) return;
    if (e.timeStamp - last > gap) {
      keys = "";
      before = reason.value;
    }
    last = e.timeStamp;
    const [, key] = /^(?:Key|Digit|Numpad)([0-9A-Z])$/.exec(e.code) ?? [];
    if (key) {
      keys += key;
    } else if (e.code === "Enter" && keys.length >= shortest && keys.length <= 20 && /[0-9]/.test(keys)) {
      e.preventDefault();
      e.stopImmediatePropagation();
      handsOver(e);
      reason.value = before;
      inReason().value = keys;
      keys = "";
    } else if (!e.code.startsWith("Shift")) {
      keys = "";
      last = -Infinity;
    }
  }, { capture: true });
}

/** Makes the key, the button and the fields work. */
export function watchNumber(): void {
  byId("number-open").addEventListener("click", openNumber);
  watchBarCode();
  onCase((c, another) => {
    show(c, another);
    if (c && another && next && !c.patientNumber && !c.parked) giveNext(c);
  });
}

// The form for what stands on a paper: opened for a kind, closed without losing what was typed. Elements:
// #paper, #paper-title, #paper-help, #paper-send, #paper-back, #paper-share, #paper-park, #paper-refuse,
// #paper-resume, #console, #verdict.
import { byId, h, setText } from "../shared/dom";
import { word } from "../shared/words";
import { atHand } from "./current";
import { movesOn, plain } from "./paper-field";
import { type Field, fields, isElderly, type Kind, kinds, path, type Typed } from "./paper-kinds";
import { noNotes, note } from "./paper-notes";
import type { End } from "./wayend";

let kind: Kind | null = null;
let draft: Typed | null = null; // what was typed when the form was closed
const special = "special"; // of the shares: 特別療養 is printed
let closed = (): void => undefined;

const field = (name: Field): HTMLInputElement =>
  byId("paper").querySelector<HTMLInputElement>(`input[name=${name}]`)!;
const share = (): HTMLSelectElement => byId<HTMLSelectElement>("paper-share");

/** The kind for which the form is open; null when it is closed. */
export const typing = (): Kind | null => kind;

/** Returns what stands in the form. */
export function typed(): Typed {
  const all = Object.fromEntries(fields.map((name) => [name, field(name).value])) as Record<Field, string>;
  const hidden = kind !== "N1" && kind !== "C1"; // they bear neither
  const medicalExpense = !hidden && share().value === special;
  const percent = hidden || medicalExpense ? 0 : +share().value;
  return { kind: kind ?? "P1", ...all, ...(hidden ? { until: "" } : {}), share: percent, medicalExpense };
}

/** Opens the form for a kind, with what is there already; then is called when it is closed unsent. */
export function openForm(of: Kind, filled: Partial<Typed> = {}, then = (): void => undefined): void {
  const open = kind !== null;
  kind = of;
  if (!open) {
    fill(filled);
    closed = then;
    noNotes();
  }
  const { name, help } = kinds.find((k) => k.kind === of)!;
  setText(byId("paper-title"), word(name));
  setText(byId("paper-help"), word(help));
  byId("paper").hidden = false;
  byId("console").dataset["typing"] = of;
  say(word("paperTyping"));
  drawPath();
  if (Object.values(filled).some(Boolean)) tell();
  if (!open) field("insurerNumber").focus();
}

/** Closes the form. What was typed is kept for the button that goes on with it, unless it is done with. */
export function closeForm(done = false): void {
  if (kind === null) return;
  const left = typed();
  if (!done && fields.some((name) => left[name])) draft = left;
  kind = null;
  byId("paper").hidden = true;
  delete byId("console").dataset["typing"];
  fill({});
  noNotes();
  byId("paper-resume").hidden = draft === null;
  if (done) return;
  say(word("waiting"));
  closed();
}

/** Says what to do, where no case says it. */
function say(sentence: string): void {
  if (!atHand()) byId("verdict").replaceChildren(h("p", "help", sentence));
}

function fill(with_: Partial<Typed>): void {
  for (const name of fields) field(name).value = with_[name] ?? "";
  share().value = with_.medicalExpense ? special : String(with_.share ?? 0);
}

/** Takes over what was typed before, but for what may have changed on the paper since. */
function takeOver(before: Typed): void {
  const { until, share: percent, medicalExpense } = typed();
  fill({ ...before, until, share: percent, medicalExpense });
  drawPath();
  tell();
  byId("paper-send").focus();
}

function tell(): void {
  note(typed, takeOver);
}

/** Hides what the insurer of the number does not have. */
function drawPath(): void {
  const elderly = isElderly(plain(field("insurerNumber").value));
  for (const name of ["symbol", "branch"] as const) {
    field(name).closest<HTMLElement>("p")!.hidden = elderly;
    if (elderly) field(name).value = "";
  }
}

/**
 * Goes on to the next field. In the last one Enter sends: the keyboard stays there, for an Enter on a button
 * right after digits is a reader's (wedge.ts).
 */
function next(from: Field, byEnter: boolean): void {
  drawPath();
  tell();
  const way = path(kind ?? "P1", plain(field("insurerNumber").value));
  const to = way.includes(from) ? way[way.indexOf(from) + 1] : undefined;
  if (to) {
    field(to).focus();
    field(to).select();
  } else if (byEnter) {
    byId<HTMLFormElement>("paper").requestSubmit();
  }
}

/** Makes the form work; send gets what was typed, and how its case ends unless it is accepted. */
export function watchForm(send: (typed: Typed, end?: End) => void): void {
  share().addEventListener("change", tell);
  for (const name of fields) {
    const rule = (): string => {
      const elderly = name === "number" && isElderly(plain(field("insurerNumber").value));
      return elderly ? "elderlyNumber" : name;
    };
    movesOn(field(name), rule, (byEnter) => next(name, byEnter));
    field(name).addEventListener("input", tell);
  }
  byId("paper").addEventListener("submit", (e) => {
    e.preventDefault();
    send(typed());
  });
  byId("paper-park").addEventListener("click", () => send({ ...typed(), unfinished: true }, "parked"));
  byId("paper-refuse").addEventListener("click", () => send({ ...typed(), unfinished: true }, "refused"));
  byId("paper-back").addEventListener("click", () => closeForm());
  byId("paper-resume").addEventListener("click", () => {
    const kept = draft;
    draft = null;
    if (kept) openForm(kept.kind, kept);
  });
}

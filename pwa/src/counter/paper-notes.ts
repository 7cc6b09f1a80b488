// What the server says of a form while it is being typed: what is wrong, what the numbers mean, and what was
// typed for this person before, which staff take over by a press or not. Elements: #paper-said,
// #paper-offers, and the fields of #paper.
import { call } from "../shared/api";
import { button } from "../shared/dialog";
import { byId, h } from "../shared/dom";
import type { Sentence } from "../shared/local";
import { word } from "../shared/words";
import { checkRows } from "./box";
import type { Typed } from "./paper-kinds";

interface Notes {
  wrong: (Sentence & { field: string })[];
  insurer: string;
  birthDateJa: string;
  age: number;
  ask: Sentence[];
  offers: { at: string; birthDateJa: string; typed: Typed }[];
}

const pause = 120; // ms without a key

let asked = 0; // an answer to an older question is dropped
let waits: ReturnType<typeof setTimeout> | undefined;

/** Asks soon what is to be said of a form; over is called with what staff take over. */
export function note(form: () => Typed, over: (typed: Typed) => void): void {
  clearTimeout(waits);
  const mine = ++asked;
  waits = setTimeout(() => {
    call<Notes>("POST", "/api/v1/counter/paper-notes", form())
      .then((notes) => {
        if (mine === asked) show(notes, over);
      })
      .catch(() => undefined); // the form is looked at again when it is sent
  }, pause);
}

/** Clears what was said. */
export function noNotes(): void {
  clearTimeout(waits);
  asked++;
  byId("paper-said").replaceChildren();
  byId("paper-offers").replaceChildren();
  mark([]);
}

function mark(wrong: string[]): void {
  for (const field of byId("paper").querySelectorAll("input")) {
    field.setAttribute("aria-invalid", String(wrong.includes(field.name)));
  }
}

/** Marks one field as wrong, and puts the keyboard there. */
export function pointAt(field: string): void {
  mark([field]);
  const place = byId("paper").querySelector<HTMLInputElement>(`[name=${CSS.escape(field)}]`);
  place?.focus();
  place?.select();
}

function show(notes: Notes, over: (typed: Typed) => void): void {
  const good = [
    notes.insurer,
    notes.birthDateJa && `${notes.birthDateJa}（${word("years", { n: notes.age })}）`,
  ].filter(Boolean);
  byId("paper-said").replaceChildren(...checkRows([
    ...notes.wrong.map((w) => ({ ...w, result: "failed" })),
    ...good.map((text) => ({ ja: text, en: text, result: "passed" })),
    ...notes.ask.map((a) => ({ ...a, result: "not checked" })),
  ]));
  mark(notes.wrong.map((w) => w.field));
  const offers = notes.offers.map((o) => {
    const day = new Date(o.at).toLocaleDateString("ja-JP", { month: "long", day: "numeric" });
    const who = [o.typed.name, o.typed.branch && `${word("branch")} ${o.typed.branch}`, o.birthDateJa]
      .filter(Boolean).join("　");
    return h("p", "", button("button", word("paperTakeOver", { d: day, w: who }), () => over(o.typed)));
  });
  byId("paper-offers").replaceChildren(
    ...(offers.length ? [h("h3", "", word("paperOffered")), ...offers] : []),
  );
}

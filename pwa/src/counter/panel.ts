// 「何で確認できる？」 over the console: at most three questions, fewer where the case at hand tells something,
// then the ways of the day, each leading into its form. Nothing that was typed and no case is lost by it.
// Elements: #methods, #methods-label.
import { call } from "../shared/api";
import { button, openSheet } from "../shared/dialog";
import { byId, h, setText } from "../shared/dom";
import { local, type Sentence } from "../shared/local";
import { word } from "../shared/words";
import type { Answers } from "./casedata";
import { atHand, onCase } from "./current";
import { hasForm, type Notice, openWay } from "./wayforms";

interface Choice extends Sentence {
  value: string;
}
interface Given extends Sentence {
  name: keyof Answers;
  known: boolean;
}
interface OpenWay {
  code: string;
  name: Sentence;
  says: Sentence;
  notices?: Notice[];
}
interface Panel {
  day: string;
  facts: Sentence[];
  answers: Answers;
  given: Given[];
  question: (Sentence & { name: keyof Answers; choices: Choice[] }) | null;
  outcome: null | {
    best: string;
    reason: Sentence;
    next: Sentence;
    bringNext: Sentence;
    source: string;
    reservation: Sentence | null;
    ways: OpenWay[];
    refused: OpenWay[];
  };
  known: Sentence;
}

let sheet: HTMLDialogElement | null = null;
let body = h("div", "");
let said: Answers = {}; // what staff tapped, in this order
let order: (keyof Answers)[] = [];
let goOn: (() => void) | null = null; // reopens a form that is unfinished

/** Says that a form is unfinished, and how it is opened again; null when none is. */
export function unfinished(reopen: (() => void) | null): void {
  goOn = reopen;
  setText(byId("methods-label"), reopen ? word("panelUnfinished") : label);
}

/** Opens the panel, or the form that is unfinished. */
function openPanel(): void {
  if (document.querySelector("dialog[open]")) return;
  if (goOn) return goOn();
  body = h("div", "");
  body.setAttribute("role", "status");
  const mine = (sheet = openSheet("panel", word("panelTitle"), body));
  mine.classList.add("wide");
  mine.addEventListener("keydown", pressed);
  mine.addEventListener("keyup", pressed);
  mine.addEventListener("close", () => {
    if (sheet === mine) sheet = null; // another one may be open by then
  });
  void ask();
}

function closePanel(): void {
  sheet?.close();
}

/** Forgets what was tapped: the next patient's answers are others. */
export function forgetAnswers(): void {
  said = {};
  order = [];
}

/** A digit chooses, Backspace goes one back: when the key comes up, so that it types into no field. */
function pressed(e: KeyboardEvent): void {
  if (e.isComposing || e.ctrlKey || e.altKey || e.metaKey) return;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(e.code)?.[1];
  if (digit === undefined && e.key !== "Backspace") return;
  e.preventDefault();
  if (e.type === "keydown") return;
  if (digit === undefined) return back();
  const n = digit === "0" ? 10 : Number(digit);
  body.querySelectorAll<HTMLButtonElement>("button[data-choice]")[n - 1]?.click();
}

function back(): void {
  const last = order.pop();
  if (!last) return;
  delete said[last];
  void ask();
}

async function ask(): Promise<void> {
  const here = sheet;
  let panel: Panel;
  try {
    const asked = { case: atHand()?.id ?? "", ...said };
    panel = await call<Panel>("POST", "/api/v1/counter/methods", asked);
  } catch (e) {
    if (sheet === here) body.replaceChildren(h("p", "note refusal", e instanceof Error ? e.message : ""));
    return;
  }
  if (sheet !== here) return;
  body.replaceChildren(...known(panel), ...(panel.question ? question(panel) : answer(panel)), foot(panel));
  body.querySelector<HTMLElement>("button[data-choice]")?.focus();
}

function known(panel: Panel): HTMLElement[] {
  const facts = panel.facts.map((f) => h("li", "", local(f)));
  const given = panel.given.map((g) => h("li", "", local(g)));
  if (!facts.length && !given.length) return [];
  return [h("h3", "", word("panelKnown")), h("ul", "known", ...facts, ...given)];
}

function numbered(n: number, text: string, press: () => void): HTMLButtonElement {
  const b = button("button", "", press);
  b.dataset["choice"] = String(n);
  b.append(h("span", "", text), h("kbd", "", String(n % 10)));
  return b;
}

function question(panel: Panel): HTMLElement[] {
  const q = panel.question;
  if (!q) return [];
  const choices = q.choices.map((c, i) => numbered(i + 1, local(c), () => {
    said = { ...said, [q.name]: c.value };
    order.push(q.name);
    void ask();
  }));
  return [
    h("h3", "", local(q)),
    h("p", "help", word("panelStep", { n: panel.given.length + 1 })),
    h("div", "choices-panel", ...choices),
  ];
}

function answer(panel: Panel): HTMLElement[] {
  const o = panel.outcome;
  if (!o) return [];
  const [first, ...others] = o.ways;
  const best = first && o.best ? first : null;
  const rest = best ? others : o.ways;
  const box = best
    ? h("div", "verdict-box", h("h3", "", local(best.name)), h("p", "", local(o.reason)))
    : h("div", "verdict-box unsure", h("h3", "", word("panelNone")), h("p", "", local(o.reason)));
  let n = 0;
  const use = (way: OpenWay): HTMLElement[] => {
    if (!hasForm(way.code)) return [];
    const go = numbered(++n, word("panelUse"), () => take(way, panel.answers));
    go.dataset["way"] = way.code;
    return [go];
  };
  const row = (way: OpenWay, ...more: HTMLElement[]): HTMLElement =>
    h("div", "", h("dt", "", `${local(way.name)}（${way.code}）`), h("dd", "", local(way.says), ...more));
  return [
    box,
    h("p", "", h("strong", "", word("panelNext")), local(o.next)),
    ...(best ? use(best) : []),
    ...(rest.length
      ? [h("h3", "", word("panelOther")), h("dl", "ways", ...rest.map((w) => row(w, ...use(w))))]
      : []),
    h("p", "", word("panelBring"), local(o.bringNext)),
    h("p", "help", word("panelSource"), o.source, o.reservation ? `　${local(o.reservation)}` : ""),
    refused(o.refused.map((w) => row(w))),
  ];
}

function refused(rows: HTMLElement[]): HTMLElement {
  return h("details", "more", h("summary", "", word("panelRefused")), h("dl", "ways", ...rows));
}

function take(way: OpenWay, answers: Answers): void {
  const of = {
    code: way.code,
    name: local(way.name),
    says: local(way.says),
    answers,
    notices: way.notices ?? [],
  };
  closePanel();
  openWay(of);
}

function foot(panel: Panel): HTMLElement {
  const again = button("button quiet", word("panelAgain"), () => {
    forgetAnswers();
    void ask();
  });
  const one = button("button quiet", word("panelBack"), back);
  one.append(h("kbd", "", "BS"));
  const by = `${panel.day}　${local(panel.known)}`;
  return h("div", "", ...(order.length ? [h("p", "two", one, again)] : []), h("p", "help", by));
}

const label = byId("methods-label").textContent ?? "";

byId("methods").addEventListener("click", (e) => {
  e.preventDefault();
  openPanel();
});
document.addEventListener("keydown", (e) => {
  if (e.key !== "F1" || e.isComposing) return;
  e.preventDefault();
  openPanel();
});
onCase((_, another) => {
  if (!another) return;
  closePanel();
  forgetAnswers(); // they were another patient's
});

// Checks beside the birth-date check: the number on the card's face, the certificate's dates, the clinic's
// OQS answers, and the choice among several readers. What a card says of its holder is shown until the next
// case and kept nowhere.
import { call } from "../shared/api";
import { h, setText } from "../shared/dom";
import { local, type Sentence } from "../shared/local";
import { word } from "../shared/words";
import type { Case } from "./casedata";
import { chipFace } from "./chipface";
import { atHand, learn, onCase } from "./current";
import { act, answered, busy } from "./turn";

interface Field extends Sentence {
  name: string;
  result: "equal" | "different" | "missing";
}
interface Reading {
  name: string;
  birthDate: string;
  sex: string;
  address: string;
}
interface Checked extends Case {
  text?: {
    result: string;
    headline: Sentence;
    next: Sentence;
    by: Sentence;
    fields: Field[];
    triesLeft?: Sentence;
    reading?: Reading;
  };
  certificate?: { result: string; headline: Sentence; by: Sentence; until?: string };
  oqs?: Field[];
}
interface Reader {
  id: string;
  name: string;
  connected: boolean;
  oqs: boolean;
  face: boolean;
  chosen: boolean;
}

const year = h("input", "") as HTMLInputElement;
const code = h("input", "") as HTMLInputElement;
const state = h("p", "help");
const result = h("div", "");
const readerChoice = h("p", "") as HTMLParagraphElement;
const oqs = h("p", "");

function button(text: string, id: string, work: () => Promise<void>): HTMLButtonElement {
  const b = h("button", "button", text) as HTMLButtonElement;
  b.type = "button";
  b.id = id;
  b.addEventListener("click", () => void press(b, work));
  return b;
}

/** One press is one attempt: the button waits for the answer, and so does the record of its case. */
async function press(b: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
  if (busy()) return;
  pressed = b;
  b.disabled = true;
  setText(state, word("extraChecking"));
  await act(async () => {
    await work();
    setText(state, "");
  }, (sentence) => setText(state, sentence));
  b.disabled = false;
}

function lines(fields: Field[]): HTMLElement {
  return h(
    "ul",
    "checks",
    ...fields.map((f) => {
      const [kind, mark] = {
        equal: ["passed", "✓"],
        different: ["failed", "×"],
        missing: ["not-checked", "―"],
      }[f.result] as [string, string];
      return h("li", kind, h("span", "mark", mark), h("span", "", local(f)));
    }),
  );
}

function box(outcome: string, headline: string, next: string): HTMLElement {
  const kind = { confirmed: "", unverified: " unsure" }[outcome] ?? " bad";
  return h("div", `verdict-box small${kind}`, h("h3", "", headline), ...(next ? [h("p", "", next)] : []));
}

const number = (): number => Number(year.value.normalize("NFKC").trim()) || 0;
const face = chipFace({
  complete: () => number() > 0 && /^\d{4}$/.test(code.value.normalize("NFKC").trim()),
  take: () => {
    const typed = { expiryYear: number(), code: code.value };
    code.value = "";
    return typed;
  },
});

let pressed: HTMLButtonElement | null = null;

async function ask(what: string, body?: unknown): Promise<Checked> {
  const path = `/api/v1/counter/cases/${atHand()?.id ?? ""}/${what}`;
  const whole = await answered(call<Checked>("POST", path, body));
  learn(whole);
  return whole;
}

async function text(): Promise<void> {
  const typed = { expiryYear: number(), code: code.value };
  code.value = "";
  const whole = await ask("text-check", typed);
  const c = whole.text;
  if (!c) return;
  const r = c.reading;
  result.replaceChildren(
    box(
      c.result === "confirmed" && c.fields.some((f) => f.result === "different") ? "unverified" : c.result,
      local(c.headline),
      local(c.next),
    ),
    ...(r
      ? [h("p", "", [r.name, r.birthDate, r.sex].filter(Boolean).join("　")), h("p", "", r.address)]
      : []),
    lines(c.fields),
    h("p", "help", [local(c.by), ...(c.triesLeft ? [local(c.triesLeft)] : [])].join("　")),
  );
}

async function certificate(): Promise<void> {
  const c = (await ask("certificate-check")).certificate;
  if (!c) return;
  result.replaceChildren(
    box(c.result, local(c.headline), c.until ? word("extraUntil", { d: c.until }) : ""),
  );
}

async function compare(): Promise<void> {
  const whole = await ask("oqs-compare");
  const fields = whole.oqs ?? [];
  const differs = fields.some((f) => f.result === "different");
  result.replaceChildren(
    ...(whole.oqsSays ?? []).map((s) =>
      box(s.warns || differs ? "unverified" : "confirmed", local(s.headline), local(s.next)),
    ),
    h("h3", "", word("extraCompared")),
    lines(fields),
  );
}

onCase((_, another) => {
  if (!another) return;
  year.value = code.value = "";
  result.replaceChildren();
  setText(state, "");
  if (pressed) pressed.disabled = false;
});

let drawn = "";

/**
 * Offers the readers: until one is chosen, and again while the chosen one is away, since none is asked in its
 * place. Later the choice stands beside the pairing.
 */
async function offerReaders(): Promise<void> {
  const s = await call<{ readers: Reader[]; readerAway: boolean }>("GET", "/api/v1/counter/status");
  const readers = s.readers.filter((r) => r.connected);
  const chosen = readers.some((r) => r.chosen);
  oqs.hidden = !readers.some((r) => r.oqs);
  face.offer(readers.some((r) => r.face && (r.chosen || !chosen)));
  readerChoice.hidden = readers.length < (s.readerAway ? 1 : 2);
  const state = JSON.stringify([s.readerAway, readers]);
  if (readerChoice.hidden || state === drawn) return;
  drawn = state;
  if (chosen) pairing?.lastElementChild?.before(readerChoice);
  else place?.before(readerChoice);
  readerChoice.replaceChildren(
    s.readerAway
      ? word("readerAway")
      : chosen
        ? word("readerChosen")
        : word("readerChoose"),
    ...readers.map((r) => {
      const b = button(r.name, `reader-${r.id.slice(0, 8)}`, async () => {
        await call("POST", "/api/v1/counter/reader", { id: r.id });
        await offerReaders();
      });
      if (chosen) b.setAttribute("aria-pressed", String(r.chosen));
      return b;
    }));
}

function labelled(words: string, input: HTMLInputElement, id: string, length: number): HTMLElement {
  input.id = id;
  input.inputMode = "numeric";
  input.autocomplete = "off";
  input.maxLength = length;
  const label = h("label", "", words) as HTMLLabelElement;
  label.htmlFor = id;
  return h("p", "", label, input);
}

const place = document.getElementById("card-area");
const pairing = document.getElementById("pairing");
if (place) {
  const details = h("details", "more",
    h("summary", "", word("extraOpen")),
    h(
      "p",
      "help",
      word("extraHelp"),
    ),
    labelled(word("extraYear"), year, "text-year", 4),
    labelled(word("extraCode"), code, "text-code", 4),
    h("p", "", button(word("extraText"), "text-check", text)),
      h("p", "", face.button),
    h(
      "p",
      "",
      button(
        word("extraDates"),
        "certificate-check",
        certificate,
      ),
    ),
    oqs,
    state,
    result,
  );
  details.id = "extra-checks";
  state.setAttribute("role", "status");
  result.setAttribute("role", "status");
  result.id = "extra-result";
  readerChoice.id = "reader-choice";
  oqs.append(
    button(
      word("extraOQS"),
      "oqs-compare",
      compare,
    ),
  );
  oqs.hidden = readerChoice.hidden = true;
  place.append(details);
  document.getElementById("visual")?.before(face.root);
  place.before(readerChoice);
  setInterval(() => void offerReaders().catch(() => undefined), 5000);
  void offerReaders().catch(() => undefined);
}

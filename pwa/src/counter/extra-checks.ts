// Checks beside the birth-date check: the number on the card's face, the certificate's dates, the clinic's
// OQS answers, and the choice among several readers. What a card says of its holder is shown until the next
// case and kept nowhere.
import { call } from "../shared/api";
import { button } from "../shared/dialog";
import { h, setText } from "../shared/dom";
import { digitField } from "../shared/field";
import { local, type Sentence } from "../shared/local";
import { word } from "../shared/words";
import { away, onAway } from "./ask";
import { box, checkRows, kindOf } from "./box";
import type { Case } from "./casedata";
import { chipFace } from "./chipface";
import { atHand, learn, onCase } from "./current";
import { press } from "./press";
import { answered, busy } from "./turn";

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

const year = digitField("text-year", word("extraYear"), 4);
const code = digitField("text-code", word("extraCode"), 4);
const state = h("p", "help");
const result = h("div", "");
const readerChoice = h("p", "") as HTMLParagraphElement;
const oqs = h("p", "");

function check(text: string, id: string, work: () => Promise<void>): HTMLButtonElement {
  const b = button("button", text, () => {
    if (busy()) return;
    setText(state, word("extraChecking"));
    void press(b, async () => {
      await work();
      setText(state, "");
    }, (sentence) => setText(state, sentence));
  });
  b.id = id;
  return b;
}

const number = (): number => Number(year.input.value.normalize("NFKC").trim()) || 0;
const face = chipFace({
  complete: () => number() > 0 && /^\d{4}$/.test(code.input.value.normalize("NFKC").trim()),
  take: takeTyped,
});

/** Takes what staff typed; the code leaves its field. */
function takeTyped(): { expiryYear: number; code: string } {
  const typed = { expiryYear: number(), code: code.input.value };
  code.input.value = "";
  return typed;
}

async function ask(what: string, body?: unknown): Promise<Checked> {
  const path = `/api/v1/counter/cases/${atHand()?.id ?? ""}/${what}`;
  const whole = await answered(call<Checked>("POST", path, body));
  learn(whole);
  return whole;
}

async function text(): Promise<void> {
  const c = (await ask("text-check", takeTyped())).text;
  if (!c) return;
  const r = c.reading;
  const differs = c.fields.some((f) => f.result === "different");
  result.replaceChildren(
    box(
      c.result === "confirmed" && differs ? "unsure" : kindOf(c.result),
      local(c.headline),
      local(c.next),
    ),
    ...(r
      ? [h("p", "", [r.name, r.birthDate, r.sex].filter(Boolean).join("　")), h("p", "", r.address)]
      : []),
    h("ul", "checks", ...checkRows(c.fields)),
    h("p", "help", [local(c.by), ...(c.triesLeft ? [local(c.triesLeft)] : [])].join("　")),
  );
}

async function certificate(): Promise<void> {
  const c = (await ask("certificate-check")).certificate;
  if (!c) return;
  result.replaceChildren(
    box(kindOf(c.result), local(c.headline), c.until ? word("extraUntil", { d: c.until }) : ""),
  );
}

async function compare(): Promise<void> {
  const whole = await ask("oqs-compare");
  const fields = whole.oqs ?? [];
  const differs = fields.some((f) => f.result === "different");
  result.replaceChildren(
    ...(whole.oqsSays ?? []).map((s) =>
      box(s.warns || differs ? "unsure" : "good", local(s.headline), local(s.next)),
    ),
    h("h3", "", word("extraCompared")),
    h("ul", "checks", ...checkRows(fields)),
  );
}

onCase((_, another) => {
  if (!another) return;
  year.input.value = code.input.value = "";
  result.replaceChildren();
  setText(state, "");
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
      const b = check(r.name, `reader-${r.id.slice(0, 8)}`, async () => {
        await call("POST", "/api/v1/counter/reader", { id: r.id });
        await offerReaders();
      });
      if (chosen) b.setAttribute("aria-pressed", String(r.chosen));
      return b;
    }));
}

const place = document.getElementById("card-area");
const pairing = document.getElementById("pairing");
if (place) {
  const details = h("details", "more",
    h("summary", "", word("extraOpen")),
    h("p", "help", word("extraHelp")),
    year.row,
    code.row,
    h("p", "", check(word("extraText"), "text-check", text)),
    h("p", "", face.button),
    h("p", "", check(word("extraDates"), "certificate-check", certificate)),
    oqs,
    state,
    result,
  );
  details.id = "extra-checks";
  onAway(() => (details.hidden = away())); // no card is asked without the server
  state.setAttribute("role", "status");
  result.setAttribute("role", "status");
  result.id = "extra-result";
  readerChoice.id = "reader-choice";
  oqs.append(check(word("extraOQS"), "oqs-compare", compare));
  oqs.hidden = readerChoice.hidden = true;
  place.append(details);
  document.getElementById("visual")?.before(face.root);
  place.before(readerChoice);
  setInterval(() => void offerReaders().catch(() => undefined), 5000);
  void offerReaders().catch(() => undefined);
}

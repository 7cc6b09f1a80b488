// Taking somebody in without a screen: 申立書 (A1), our own records (L0), the outage list (L1), the notice of a
// disaster (D0). The form lies over the console; closed, it keeps what was typed, and F1 opens it again.
import { call, Problem } from "../shared/api";
import { button, openSheet } from "../shared/dialog";
import { h, setText } from "../shared/dom";
import { local } from "../shared/local";
import { word } from "../shared/words";
import type { Case } from "./casedata";
import { atHand, onCase } from "./current";
import { endTakingBack, offerTakingBack } from "./done";
import { closeCase, leave } from "./hand";
import { forgetAnswers, unfinished } from "./panel";
import { status } from "./status";
import { act, answered } from "./turn";
import { type End, type Endings, endings } from "./wayend";
import { choice, fault, field, goNext, isTouched, setValue, ticked, ticksOf, valueOf } from "./wayfields";
import { onWay, onWayCase, type WayTaken } from "./wayforms";
import { wayOf } from "./wayopen";

/** A form with the case that it has opened, "" before. */
interface Filled {
  way: WayTaken;
  form: HTMLFormElement;
  id: string;
  record: HTMLButtonElement;
  state: HTMLElement;
  problem: HTMLElement;
  shares: HTMLElement;
  ends: Endings;
}

let now: Filled | null = null;
let sheet: HTMLDialogElement | null = null;

const texts = ["name", "kana", "birthDate", "address", "number", "contact", "belongs", "reason"];

function fieldsOf(way: WayTaken): HTMLElement[] {
  const who = [field("name", "wayName", 200)];
  const birth = field("birthDate", "wayBirth", 40, "wayBirthHow");
  const sex = choice("sex", word("waySex"), [["male", word("wayMale")], ["female", word("wayFemale")]]);
  const address = field("address", "wayAddress", 200);
  switch (way.code) {
    case "L0":
      return [field("number", "wayNumber", 40), ...who, birth];
    case "L1":
      return [birth, ...chip(), ...who, sex, address];
    case "A1":
      return [birth, ...chip(), ...who, field("kana", "wayKana", 200), sex, address,
        field("contact", "wayContact", 40), field("belongs", "wayEmployer", 200)];
    default:
      return [...who, birth, field("contact", "wayContact", 40), field("belongs", "wayBelongs", 200)];
  }
}

function chip(): HTMLElement[] {
  const ask = button("button", word("wayChip"), () => void askCard());
  ask.id = "way-ask";
  ask.append(h("kbd", "", "F2"));
  return [field("expiryYear", "wayYear", 4), field("code", "wayCode", 4),
    h("p", "way-field", ask, h("span", "help", word("wayChipHow")))];
}

function build(way: WayTaken): Filled {
  const record = h("button", "button main", word("wayRecord"), h("kbd", "", "Enter")) as HTMLButtonElement;
  record.id = "way-record";
  const state = h("p", "help");
  state.setAttribute("role", "status");
  const problem = h("p", "note refusal");
  problem.setAttribute("role", "alert");
  problem.id = "way-problem";
  problem.hidden = true;
  const shares = h("div", "");
  const ends = endings(record, field("reason", "wayReason", 200), (end, why) =>
    void say(filled, () => endOtherwise(filled, end, why)));
  const form = h("form", "way-form", h("p", "", way.says), ...notice(way), problem,
    h("div", "way-fields", ...fieldsOf(way)), state, ...declared(way, shares), ...seen(way),
    ...ends.parts) as HTMLFormElement;
  form.noValidate = true;
  const filled: Filled = { way, form, id: "", record, state, problem, shares, ends };
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    void say(filled, () => end(filled));
  });
  form.addEventListener("keydown", (e) => pressed(filled, e));
  form.querySelector("#way-birthDate")?.addEventListener("change", () => void askShares(filled));
  return filled;
}

function notice(way: WayTaken): HTMLElement[] {
  if (way.code !== "D0") return [];
  const group = choice("notice", word("wayNotice"), way.notices.map((n) =>
    [n.id, `${n.title}（${[n.area, n.insurers].filter(Boolean).join("・")}、${n.until}まで）`]));
  const [only, ...more] = group.querySelectorAll("input");
  if (only && !more.length) only.checked = true;
  return [group];
}

/** What belongs to the declaration: the share for now, the print, and what was handed in. */
function declared(way: WayTaken, shares: HTMLElement): HTMLElement[] {
  if (way.code !== "A1") return [];
  const print = button("button", word("wayPrint"), printForm);
  print.id = "way-print";
  const given: [string, string][] = [["signed", word("waySigned")], ["unchanged", word("wayUnchanged")]];
  return [shares, h("p", "way-field", print, h("span", "help", word("wayPrintHow"))),
    choice("form", word("wayGiven"), given)];
}

function seen(way: WayTaken): HTMLElement[] {
  if (way.code === "D0" || way.answers.card === "none") return [];
  const group = ticked("checks", word("wayEye"), [["photo", word("wayPhoto")],
    ["name", word("wayNameSame")], ["birthDate", word("wayBirthSame")]]);
  return [group];
}

/** Enter goes to the next field, behind the code it asks the card; F2 asks it anywhere, F8 parks. */
function pressed(f: Filled, e: KeyboardEvent): void {
  if (e.isComposing) return;
  const work = { F2: () => void askCard(), F8: () => f.ends.park() }[e.key];
  if (work) {
    e.preventDefault();
    return work();
  }
  if (e.key !== "Enter" || !(e.target instanceof HTMLInputElement)) return;
  e.preventDefault();
  if (e.target.name === "code" && e.target.value) void askCard();
  else goNext(f.form, e.target, f.record);
}

/** Does something for a form, and says in it what went wrong, at the field at fault. */
async function say(f: Filled, work: () => Promise<void>): Promise<void> {
  if (f.record.disabled) return;
  f.record.disabled = true;
  f.problem.hidden = true;
  fault(f.form, "");
  try {
    await work();
  } catch (e) {
    f.problem.hidden = false;
    setText(f.problem, e instanceof Problem ? e.message : word("problem"));
    f.record.disabled = false;
    if (e instanceof Problem && e.field) fault(f.form, e.field);
  }
  f.record.disabled = false;
}

/** Opens the form's case, once. */
async function opened(f: Filled): Promise<string> {
  if (!f.id) {
    const asked = { code: f.way.code, ...f.way.answers };
    f.id = (await call<Case>("POST", "/api/v1/counter/ways", asked)).id;
  }
  return f.id;
}

async function askCard(): Promise<void> {
  const f = now;
  if (!f || !f.form.querySelector("#way-ask")) return;
  setText(f.state, word("wayReading"));
  await say(f, () => askChip(f));
  if (!f.problem.hidden) setText(f.state, "");
}

async function askChip(f: Filled): Promise<void> {
  const code = valueOf(f.form, "code").normalize("NFKC").trim();
  setValue(f.form, "code", "");
  const c = await call<Case>("POST", `/api/v1/counter/ways/${await opened(f)}/card-check`, {
    name: valueOf(f.form, "name"),
    birthDate: valueOf(f.form, "birthDate"),
    expiryYear: Number(valueOf(f.form, "expiryYear").normalize("NFKC").trim()) || 0,
    code,
  });
  const told = code ? c.text : c.card;
  if (c.cardRefused || (told && told.result !== "confirmed" && told.result !== "unverified")) {
    throw new Problem(0, "card", told ? `${local(told.headline)}${local(told.next)}` : word("problem"));
  }
  const read = c.way?.reading;
  if (read) {
    for (const [name, value] of Object.entries(read)) setValue(f.form, name, value);
  }
  setText(f.state, read ? word("wayFilled") : told ? local(told.headline) : "");
  void askShares(f);
  f.record.disabled = false; // it may get the keyboard
  if (read && f.way.code === "L1") f.record.focus();
  else goNext(f.form, f.form.querySelector("#way-code") ?? f.form, f.record);
}

/** Says with which share a declaration is billed for now, and offers them where several are possible. */
async function askShares(f: Filled): Promise<void> {
  if (f.way.code !== "A1" || !valueOf(f.form, "birthDate").trim()) return;
  const asked = { birthDate: valueOf(f.form, "birthDate"), ...f.way.answers };
  const s = await call<{ shares: number[]; texts: string[] }>("POST", "/api/v1/counter/shares", asked)
    .catch(() => null); // a date that cannot be read is refused when it is recorded
  if (!s) return f.shares.replaceChildren();
  f.shares.replaceChildren(s.shares.length === 1
    ? h("p", "", word("wayShareOne", { s: s.texts[0] ?? "" }))
    : choice("share", word("wayShare"), s.shares.map((n, i) => [String(n), s.texts[i] ?? ""])));
}

/** Opens the declaration, filled in as far as it is known, in a tab of its own. */
function printForm(): void {
  const f = now;
  if (!f) return;
  const paper = document.createElement("form");
  paper.method = "post";
  paper.action = "/counter/declaration.pdf";
  paper.target = "_blank";
  const all: Record<string, string> = { ...f.way.answers, sex: valueOf(f.form, "sex") };
  for (const name of texts) all[name] = valueOf(f.form, name);
  for (const [name, value] of Object.entries(all)) {
    const input = h("input", "") as HTMLInputElement;
    input.type = "hidden";
    input.name = name;
    input.value = value;
    paper.append(input);
  }
  document.body.append(paper);
  paper.submit();
  paper.remove();
}

/** Records the case: the form is over, and the case at hand is set aside. */
async function end(f: Filled): Promise<void> {
  const values: Record<string, unknown> = {
    sex: valueOf(f.form, "sex"),
    form: valueOf(f.form, "form"),
    notice: valueOf(f.form, "notice"),
    share: Number(valueOf(f.form, "share")),
    checks: ticksOf(f.form, "checks"),
  };
  for (const name of texts) values[name] = valueOf(f.form, name);
  over(f, await call<Case>("POST", `/api/v1/counter/ways/${await opened(f)}/record`, values));
}

/** Parks or refuses the case with what was typed so far. */
async function endOtherwise(f: Filled, outcome: End, reason: string): Promise<void> {
  const values: Record<string, unknown> = { outcome, sex: valueOf(f.form, "sex") };
  for (const name of texts) values[name] = valueOf(f.form, name);
  values["reason"] = reason;
  over(f, await call<Case>("POST", `/api/v1/counter/ways/${await opened(f)}/record`, values));
}

/** Ends a form whose case was recorded. */
function over(f: Filled, c: Case): void {
  f.ends.close();
  now = null;
  sheet?.close();
  unfinished(null);
  forgetAnswers();
  if (atHand()) closeCase();
  offerTakingBack(c, c.takeBack ?? 0, () => void act(() => takeBack(f)));
  void status();
}

/** Goes on with a case that was parked: its form, with what is kept of the person. */
async function goOn(c: Case): Promise<void> {
  if (!c.way) return;
  const way = await answered(wayOf(c.way));
  if (atHand()) leave();
  now = build(way);
  now.id = c.id;
  const { person, birthDateJa, number, contact, belongs } = c.way;
  const kept = { name: person, birthDate: birthDateJa, number, contact, belongs };
  for (const [name, value] of Object.entries(kept)) setValue(now.form, name, value ?? "");
  if (c.parked) now.form.prepend(h("p", "note attention", local(c.parked)));
  show();
  void askShares(now);
}

/** Takes the record back that was just made: its form is open again. */
async function takeBack(f: Filled): Promise<void> {
  await call<Case>("POST", `/api/v1/counter/cases/${f.id}/take-back`);
  endTakingBack();
  now = f;
  show();
  void status();
}

function show(): void {
  const f = now;
  if (!f) return;
  const again = button("button quiet", word("panelAgain"), () => {
    now = null;
    sheet?.close();
    unfinished(null);
    forgetAnswers();
  });
  again.id = "way-drop";
  const mine = (sheet = openSheet("way", `${f.way.name}（${f.way.code}）`, f.form, h("p", "", again)));
  mine.classList.add("wide");
  mine.addEventListener("cancel", (e) => {
    if (f.ends.close()) e.preventDefault(); // Escape ends what was opened last
  });
  mine.addEventListener("close", () => {
    if (sheet === mine) sheet = null;
    unfinished(now && isTouched(now.form) ? show : null);
  });
  const first = f.form.querySelector<HTMLInputElement>("input[type=text], input:not([type])");
  first?.focus();
}

/** Begins a form; what was typed into the one before goes with it. */
function begin(way: WayTaken): void {
  const before = now;
  now = build(way);
  for (const name of before ? texts : []) setValue(now.form, name, valueOf(before!.form, name));
  if (before) setValue(now.form, "sex", valueOf(before.form, "sex"));
  show();
  void askShares(now);
}

onWay(["A1", "L0", "L1", "D0"], begin);
onWayCase(goOn);
onWay(["N1e"], () => undefined); // the screen is scanned in the console itself
onCase((c, another) => {
  if (c && another) sheet?.close(); // a screen was scanned: the form waits
});

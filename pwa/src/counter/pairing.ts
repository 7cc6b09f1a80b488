// Pairing a reader's computer in two steps, and the list of the paired ones. The first step asks which
// computer shows the code; only after staff have compared the words is it paired. It is rare work, in a
// dialog of its own. Elements: #pairing, #pairing-open, #pairing-close, #pairing-title, #pair-code,
// #pair-submit, #pair-state, #pair-compare, #pair-found, #pair-words, #pair-same, #pair-different,
// #pair-problem, #pair-new, #pair-others, #bridges.
import { call, Problem } from "../shared/api";
import { button } from "../shared/dialog";
import { byId, fillFigures, h, setText } from "../shared/dom";
import { local, type Sentence } from "../shared/local";
import { ceremony, notUsed } from "../shared/passkey";
import { word } from "../shared/words";
import { status } from "./status";

interface Found {
  name: string;
  words: string[];
  ticket: string;
  network: string;
  version: number;
  virtual: boolean;
}

interface Bridge {
  id: string;
  name: string;
  version: number;
  program: string;
  firstSeen: string;
  lastSeen: string;
  connected: boolean;
  sameKey: boolean;
  endedAt?: string;
}

interface Reader {
  name: string;
  connected: boolean;
}

interface Answer {
  paired: boolean;
  name?: string;
  said?: Sentence; // why it was not paired
}

const bridges = "/api/v1/counter/bridges";

/** Does what may need a fresh passkey: then the one who acts uses it, and it is done again. */
async function proved<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (e) {
    if (!(e instanceof Problem && e.key === "staff.prove_again")) throw e;
  }
  const to = { begin: "/api/v1/staff/proof/begin", finish: "/api/v1/staff/proof" };
  await ceremony({ ...to, make: false, back: "/counter" });
  return work();
}

let ticket = "";
let working = false;

/** Runs one step at a time; a case at hand goes on meanwhile. What went wrong is said beside the buttons. */
async function step(work: () => Promise<void>): Promise<void> {
  if (working) return;
  working = true;
  complain("");
  setText(byId("pair-state"), "");
  try {
    await work();
  } catch (e) {
    wentWrong(e);
  } finally {
    working = false;
  }
}

function wentWrong(e: unknown): void {
  complain(e instanceof Problem ? e.message : word(notUsed(e) ? "passkeyNotUsed" : "problem"));
}

function complain(sentence: string): void {
  byId("pair-problem").hidden = !sentence;
  setText(byId("pair-problem"), sentence);
}

function compare(found: Found | null): void {
  const held = byId("pair-compare").contains(document.activeElement);
  ticket = found?.ticket ?? "";
  byId("pair-compare").hidden = !found;
  byId("pair-words").replaceChildren(...(found?.words ?? []).map((w) => h("span", "", w)));
  if (!found) {
    if (held) byId("pair-code").focus(); // what had the keyboard is hidden
    return;
  }
  const said = word("pairFound", { n: found.name, a: found.network, v: String(found.version) });
  setText(byId("pair-found"), said + (found.virtual ? word("pairVirtual") : ""));
  byId("pair-words").focus();
}

async function ask(): Promise<void> {
  compare(null);
  const code = byId<HTMLInputElement>("pair-code");
  compare(await proved(() => call<Found>("POST", bridges, { code: code.value })));
  code.value = "";
}

async function answer(same: boolean): Promise<void> {
  const said = { ticket, same };
  const a = await proved(() => call<Answer>("POST", `${bridges}/confirm`, said)).catch((e: unknown) => {
    if (!notUsed(e)) compare(null); // else the words stay, to answer again
    throw e;
  });
  compare(null);
  if (a.said) complain(local(a.said));
  if (!a.paired) return byId("pair-code").focus();
  setText(byId("pair-state"), word("paired", { n: a.name ?? "" }));
  byId("pairing-close").focus();
  setTimeout(() => void list().then(status), 500);
}

const when = (time: string): string =>
  new Date(time).toLocaleString("ja-JP", {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Asia/Tokyo",
  });

async function list(): Promise<void> {
  const all = (await call<{ bridges: Bridge[] }>("GET", bridges)).bridges;
  const rows = all.map(row);
  const at = document.activeElement;
  const held = byId("bridges").contains(at) ? at?.closest("li")?.dataset["id"] : undefined;
  byId("bridges").replaceChildren(...(rows.length ? rows : [h("li", "help", word("bridgesNone"))]));
  if (held === undefined) return;
  const same = rows.find((r) => r.dataset["id"] === held)?.querySelector("button");
  (same ?? byId("pairing-title")).focus(); // the row that had the keyboard was drawn anew
}

/** Shows the list; who is no administrator sees how the readers are, and who connects them. */
async function open(): Promise<void> {
  complain("");
  try {
    await list();
    administers(true);
  } catch (e) {
    if (!(e instanceof Problem && e.key === "staff.denied")) throw e;
    administers(false);
    await see();
  }
}

function administers(may: boolean): void {
  byId("pair-new").hidden = !may;
  byId("pair-others").hidden = may;
}

/** Lists the readers as all staff may see them. */
async function see(): Promise<void> {
  const { readers } = await call<{ readers: Reader[] }>("GET", "/api/v1/counter/status");
  const rows = readers.map((r) => h("li", "", h("p", "name", r.name),
    h("p", "now", word(r.connected ? "bridgeOn" : "bridgeOff"))));
  byId("bridges").replaceChildren(...(rows.length ? rows : [h("li", "help", word("bridgesNone"))]));
}

function row(b: Bridge): HTMLElement {
  const state = b.endedAt
    ? word("bridgeEnded", { d: when(b.endedAt) })
    : word(b.connected ? "bridgeOn" : "bridgeOff");
  const facts = h("dl", "facts");
  fillFigures(facts, [
    [word("bridgeFirst"), when(b.firstSeen)],
    [word("bridgeLast"), when(b.lastSeen)],
    [word("bridgeProgram"), b.program || word("bridgeUnknown")],
    [word("bridgeVersion"), b.version ? String(b.version) : word("bridgeUnknown")],
  ]);
  const item = h("li", b.endedAt ? "ended" : "", h("p", "name", b.name), h("p", "now", state), facts);
  item.dataset["id"] = b.id;
  if (b.sameKey) item.append(h("p", "note", word("bridgeSameKey")));
  const last = h("p", "");
  item.append(last);
  if (b.endedAt) {
    last.append(button("button quiet", word("bridgeReadmit"), () => void step(() => readmit(b))));
  } else {
    last.append(button("button quiet", word("bridgeEnd"), () => askToEnd(b, last)));
  }
  return item;
}

/** Asks once more in the row's own place. */
function askToEnd(b: Bridge, place: HTMLElement): void {
  const yes = button("button", word("bridgeEndYes"), () => void step(() => end(b)));
  const no = button("button quiet", word("bridgeKeep"), () => void step(list));
  place.replaceChildren(h("span", "sure", word("bridgeEndSure", { n: b.name })), yes, no);
  no.focus();
}

async function end(b: Bridge): Promise<void> {
  await proved(() => call("POST", `${bridges}/${b.id}/end`));
  await list();
  void status();
}

async function readmit(b: Bridge): Promise<void> {
  await proved(() => call("POST", `${bridges}/${b.id}/readmit`));
  await list();
  setText(byId("pair-state"), word("bridgeReadmitted", { n: b.name }));
}

/** Makes the part of the page work. The list is asked for when it is opened. */
export function watchPairing(): void {
  byId("pair-submit").addEventListener("click", () => void step(ask));
  byId("pair-code").addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.isComposing) return;
    e.preventDefault();
    void step(ask);
  });
  byId("pair-same").addEventListener("click", () => void step(() => answer(true)));
  byId("pair-different").addEventListener("click", () => void step(() => answer(false)));
  const dialog = byId<HTMLDialogElement>("pairing");
  byId("pairing-open").addEventListener("click", () => {
    dialog.showModal();
    byId("pairing-title").focus();
    open().catch(wentWrong);
  });
  byId("pairing-close").addEventListener("click", () => dialog.close());
}

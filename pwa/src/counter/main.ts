// The counter's console. Elements: #scan-camera, #scan-text, #scan-submit, #scan-file, #card-check,
// #card-state, #record, #cancel, #clock; those of case.ts, accept.ts, reason.ts, aside.ts, done.ts, copy.ts,
// pairing.ts, second.ts and status.ts.
import "./sentences";
import { call, Problem } from "../shared/api";
import { timeOfDay } from "../shared/clock";
import { byId, h, setText } from "../shared/dom";
import { word } from "../shared/words";
import { missing, setTicks, showGround, step, ticks } from "./accept";
import { offerChange } from "./acting";
import { type Aside, forget, offerAsides, setAside } from "./aside";
import { hideWhenIdle } from "./blank";
import { scan } from "./camera";
import { showAge, showCase, showNone } from "./case";
import type { Case } from "./casedata";
import { now } from "./clock";
import { copy, watchCopying } from "./copy";
import { endTakingBack, offerTakingBack } from "./done";
import { follow } from "./extra-checks";
import { textsOf } from "./file";
import { cardIsRead } from "./lamps";
import { keepMargins } from "./margins";
import { watchPairing } from "./pairing";
import { closeReason, type Outcome, parkOrAsk, reason, setReason, watchReason } from "./reason";
import { isProof } from "./second";
import { offer, type Person } from "./several";
import { status } from "./status";
import { act, answered, busy, follows, giveUp } from "./turn";
import { isCredential, sameText } from "./typed";
import { guardEnter, handsOver, watchReader } from "./wedge";

let current: Case | null = null;
let stop: AbortController | null = null;
let openedBy = ""; // what was read for the case at hand
let asking = false; // a number waits for its patient's yes
let recording = false;

/**
 * Takes what a reader or a file gave. While a case is being recorded it is the next patient's, and is taken
 * afterwards; while a number waits for a yes it is what the patient shows instead. A code that was read twice
 * counts once.
 */
function scanned(work: () => Promise<void>): void {
  if (!busy()) {
    void act(work);
  } else if (current) {
    follows(work);
  } else if (asking) {
    follows(work);
    stop?.abort();
  }
}

const askEvery = 3_000;
const askFor = 100_000; // a number lives 90 s

/**
 * Takes what was read, typed or dropped: a screen, a number, or the second code of the screen that waits for
 * it. A screen that was refused makes room for the next one, for which its sentence asks; a genuine one is
 * somebody's, whose case has to end first.
 */
async function takeTexts(given: string[]): Promise<void> {
  const texts = given.map(sameText);
  const second = texts.find(isProof);
  if (current?.verdict.awaits) return prove(second ?? texts[0] ?? "");
  byId("verdict").querySelector("#choose")?.remove(); // of the picture before
  const screens = [...new Set(texts.filter((t) => isCredential(t) && !isProof(t)))];
  let text = screens[0] ?? texts.find((t) => !isProof(t)) ?? second ?? "";
  if (!text.trim() || (current?.verdict.valid && text === openedBy)) return;
  if (current?.verdict.valid) throw new Problem(0, "case.open", word("caseOpen"));
  if (current) leave();
  let proof = second;
  if (screens.length > 1) {
    const credentials = { texts: texts.filter(isCredential) };
    const asked = call<{ people: Person[] }>("POST", "/api/v1/counter/people", credentials);
    const [first, ...others] = (await answered(asked)).people;
    if (first && others.length) {
      return offer([first, ...others], (chosen) => scanned(() => takeTexts(chosen)));
    }
    text = first?.text ?? text;
    proof = first?.proof ?? second;
  }
  const c = await open(text);
  if (!c) return;
  openedBy = text;
  show(c);
  if (proof && c.verdict.awaits) await prove(proof); // one picture held both
}

/**
 * Opens a case. A number may have to wait for the patient's yes; Esc ends that, and then there is no case.
 */
async function open(text: string): Promise<Case | null> {
  stop?.abort();
  const mine = (stop = new AbortController());
  const until = Date.now() + askFor;
  for (;;) {
    try {
      const c = await answered(call<Case>("POST", "/api/v1/counter/cases", { text }));
      return mine.signal.aborted ? null : c;
    } catch (e) {
      if (mine.signal.aborted) return null;
      if (!(e instanceof Problem && e.key === "code.waiting")) {
        byId("verdict").replaceChildren(h("p", "help", word("waiting")));
        throw e;
      }
      const sentence = Date.now() > until ? word("waitedLong") : word("waitingPatient", { s: e.message });
      byId("verdict").replaceChildren(
        h("div", "verdict-box small unsure", h("h3", "", word("askingPatient")), h("p", "", sentence)),
      );
      if (Date.now() > until) return null;
    }
    asking = true;
    await pause(askEvery, mine.signal);
    asking = false;
    if (mine.signal.aborted) return null;
  }
}

function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, ms);
    stopped.addEventListener("abort", () => done(), { once: true });
  });
}

async function prove(text: string): Promise<void> {
  const c = current;
  if (c && text.trim()) {
    show(await answered(call<Case>("POST", `/api/v1/counter/cases/${c.id}/proof`, { text })));
  }
}

async function challenge(): Promise<void> {
  const c = current;
  if (c) show(await answered(call<Case>("POST", `/api/v1/counter/cases/${c.id}/challenge`)));
}

async function readFile(file: File | undefined): Promise<void> {
  if (!file) return;
  setText(byId("scan-state"), word("fileReading"));
  try {
    const texts = await answered(textsOf(file));
    if (!texts.length) throw new Problem(0, "file.nothing", word("fileNothing"));
    await takeTexts(texts);
  } finally {
    setText(byId("scan-state"), "");
  }
}

/** Makes a case the one at hand, with ticks that were made before. */
function show(c: Case, ticked = ticks()): void {
  current = c;
  follow(c.id);
  byId<HTMLTextAreaElement>("scan-text").value = "";
  setTicks(c.cardRefused ? [] : ticked);
  showCase(c);
}

/**
 * Closes the case at hand, and what it waits for: it stays in the list of those that go on later. One that is
 * being recorded is no more to be closed.
 */
function closeCase(): void {
  if (recording) return;
  giveUp();
  leave();
}

function leave(): void {
  const c = current;
  if (c && (c.verdict.valid || c.verdict.awaits || reason())) {
    setAside({ of: c, text: openedBy, reason: reason(), ticks: ticks() });
  }
  const typed = c ? "" : byId<HTMLTextAreaElement>("scan-text").value;
  reset(word("waiting"));
  byId<HTMLTextAreaElement>("scan-text").value = typed;
  byId<HTMLTextAreaElement>("scan-text").select();
}

/** Goes on with a case that was set aside; the one at hand takes its place in the list. */
function resume(one: Aside): void {
  if (recording) return;
  giveUp();
  leave();
  forget(one.of.id);
  openedBy = one.text;
  setReason(one.reason);
  show(one.of, one.ticks);
}

/** Escape ends what was opened last: the field for a reason, then the case. */
function escape(): void {
  if (!closeReason()) closeCase();
}

/** Clears the panes for the next patient. */
function reset(sentence: string): void {
  stop?.abort();
  current = null;
  openedBy = "";
  follow("");
  readingCard(false);
  setTicks([]);
  showNone(sentence);
  closeReason();
  setReason("");
  byId<HTMLTextAreaElement>("scan-text").value = "";
  byId("scan-text").focus(); // a reader that types what it reads just works
}

/**
 * Reads with the camera: a screen or a number's code first, then, by itself, the second code where one is
 * needed.
 */
async function camera(step: "scan" | "second"): Promise<void> {
  stop?.abort();
  const mine = (stop = new AbortController());
  const state = byId(`${step}-state`);
  setText(state, word(step === "scan" ? "aim" : "aimSecond"));
  const enough = (texts: string[]): boolean => {
    if (step === "second") return texts.some(isProof);
    if (texts.some((t) => !isProof(t))) return true;
    setText(state, word("firstLarger"));
    return false;
  };
  let texts: string[] | null = null;
  try {
    texts = await scan(byId<HTMLVideoElement>(`${step}-video`), mine.signal, enough);
  } catch {
    if (!mine.signal.aborted) setText(state, word("cameraFailed"));
    return;
  }
  setText(state, "");
  if (!texts) return;
  const read = texts;
  await act(() => takeTexts(read));
  if (step === "scan" && current?.verdict.awaits) await camera("second");
}

async function checkCard(): Promise<void> {
  const c = current;
  if (!c || !c.verdict.valid) return;
  readingCard(true);
  let checked: Case;
  try {
    checked = await answered(
      call<Case>("POST", `/api/v1/counter/cases/${c.id}/card-check`, { birthDateConfirmed: true }),
    );
  } finally {
    if (current?.id === c.id) readingCard(false);
  }
  show(checked);
}

function readingCard(now: boolean): void {
  setText(byId("card-state"), now ? word("cardReading") : "");
  byId<HTMLButtonElement>("card-check").disabled = now;
  if (now) cardIsRead();
  else showGround(current);
}

/** What the large button does: the case's next step. */
async function goOn(): Promise<void> {
  switch (step()) {
    case "card":
      return checkCard();
    case "eye": {
      const open = missing();
      open?.place.focus();
      if (open?.sentence) throw new Problem(0, "case.unchecked", open.sentence);
      return;
    }
    case "record":
      return decide("accepted");
  }
}

async function decide(outcome: Outcome): Promise<void> {
  const c = current;
  if (!c) return;
  const checks = ticks();
  const why = reason();
  let offered = 0;
  recording = true;
  try {
    if (checks.length || c.visual.length) {
      current = await call<Case>("POST", `/api/v1/counter/cases/${c.id}/visual`, { checks });
    }
    const recorded = await call<Case>("POST", `/api/v1/counter/cases/${c.id}/record`, { outcome, reason: why });
    offered = recorded.takeBack ?? 0;
  } finally {
    recording = false;
  }
  forget(c.id);
  reset(word("recorded"));
  offerTakingBack(c, offered, () => void act(() => takeBack(c.id, why)));
  void status(); // what is scanned now is the next patient's
}

/** Takes back the record that was just made: its case is at hand again. */
async function takeBack(id: string, why: string): Promise<void> {
  const c = await answered(call<Case>("POST", `/api/v1/counter/cases/${id}/take-back`));
  endTakingBack();
  leave();
  setReason(why);
  show(c, c.visual);
  void status();
}

const end = (outcome: Outcome): void => void act(() => decide(outcome));
const keys: Record<string, () => void> = {
  F2: () => void act(checkCard),
  F4: () => void act(() => copy(current)),
  F8: () => parkOrAsk(end),
};
document.addEventListener("keydown", (e) => {
  if (e.isComposing) return; // the key is the input method's
  if (document.querySelector("dialog[open]")) return; // it is the dialog's
  const work = keys[e.key];
  if (work && current) {
    e.preventDefault();
    work();
  } else if (e.key === "Escape") {
    escape();
  } else if (e.key === "Enter" && e.repeat) {
    e.preventDefault(); // a key that is held down takes one step, not all
  }
});
/**
 * Binds a field and its button: Enter submits, as readers that type send it; a new line is Shift and Enter.
 */
function bindField(field: string, button: string): void {
  const place = byId<HTMLInputElement | HTMLTextAreaElement>(field);
  const submit = async (): Promise<void> => {
    await act(() => takeTexts([place.value]));
    if (document.activeElement === place) place.select(); // the next code replaces one that was not accepted
  };
  byId(button).addEventListener("click", () => void submit());
  byId(field).addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.shiftKey || e.isComposing) return;
    e.preventDefault();
    handsOver(e);
    void submit();
  });
}
bindField("scan-text", "scan-submit");
bindField("second-text", "second-submit");
guardEnter();
watchReader((text) => {
  byId<HTMLTextAreaElement>("scan-text").value = "";
  scanned(() => takeTexts([text]));
});
byId("scan-camera").addEventListener("click", () => void camera("scan"));
byId("second-camera").addEventListener("click", () => void camera("second"));
byId("challenge").addEventListener("click", () => void act(challenge));
byId<HTMLInputElement>("scan-file").addEventListener("change", (e) => {
  const field = e.target as HTMLInputElement;
  const file = field.files?.[0];
  scanned(() => readFile(file));
  field.value = ""; // the same file may be chosen again
});
document.addEventListener("dragover", (e) => e.preventDefault());
document.addEventListener("drop", (e) => {
  if (!e.dataTransfer?.files.length) return;
  e.preventDefault(); // the browser would open the file in the console's place
  const file = e.dataTransfer.files[0];
  scanned(() => readFile(file));
});
byId("card-check").addEventListener("click", () => void act(checkCard));
byId("record").addEventListener("click", () => void act(goOn));
byId("copy").addEventListener("click", () => void act(() => copy(current)));
byId("cancel").addEventListener("click", closeCase);
watchReason(end);
watchPairing();
watchCopying();
offerAsides(resume);
keepMargins();
setInterval(() => {
  setText(byId("clock"), timeOfDay(now(), false));
  if (current) showAge();
}, 1000);
setInterval(() => void status(), 5000);
void status();
offerChange((text) => void act(() => Promise.reject(new Problem(0, "staff.tiles", text))));
hideWhenIdle();
byId("scan-text").focus();

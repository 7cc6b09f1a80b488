// 「番号で伝える」: eight characters stand for the screen, for one look-up within 90 seconds. A facility that
// typed them is named to the patient first, who allows it or not; the server forgets it with the question, so
// this page remembers whom it named. The small code holds eight characters more, which are shown nowhere.
// Elements: #number (dialog) and #number-*.
import { Problem } from "../shared/api";
import { closeByBack } from "../shared/back";
import { byId, h, setText } from "../shared/dom";
import { addressCode, draw } from "../shared/qr";
import { word } from "../shared/words";
import { ask as send } from "./access";

type State = "open" | "asked" | "allowed" | "denied" | "used";

const pollEvery = 2_000;

let round = 0; // of opening or renewing: an answer to an earlier one is late
let ends = 0; // by this phone's clock
let counting = 0;
let asking = false;
let answered = false;
let named = ""; // the facility that the patient was asked about

export function bindNumber(person: () => string): void {
  const dialog = byId<HTMLDialogElement>("number");
  byId("number-open").addEventListener("click", () => {
    dialog.showModal();
    closeByBack(dialog);
    void begin(person());
  });
  byId("number-new").addEventListener("click", () => void begin(person()));
  byId("number-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("cancel", (e) => {
    if (asking) e.preventDefault(); // a question is answered, not waved away
  });
  dialog.addEventListener("close", () => {
    round++;
    clearInterval(counting);
    byId("number-open").focus();
  });
  byId("number-allow").addEventListener("click", () => void answer(person(), true));
  byId("number-deny").addEventListener("click", () => void answer(person(), false));
}

/** Makes a code, shows it and follows it to its end. */
async function begin(person: string): Promise<void> {
  const mine = ++round;
  clearInterval(counting);
  answered = false;
  named = "";
  show("waiting", word("makingNumber"));
  try {
    const made = await send<{ code: string; address: string; expiresAt: string; serverTime: string }>(
      "POST",
      `/api/v1/people/${person}/code`,
      undefined,
      8_000,
    );
    if (mine !== round) return;
    ends = Date.now() + Date.parse(made.expiresAt) - Date.parse(made.serverTime);
    byId("number-code").replaceChildren(part(made.code.slice(0, 4)), part(made.code.slice(4)));
    show("code", "");
    draw(byId<HTMLCanvasElement>("number-qr"), addressCode(made.address));
    tick();
    counting = window.setInterval(tick, 1000);
    await follow(person, mine);
  } catch (e) {
    if (mine !== round) return;
    show("over", e instanceof Problem && e.key ? e.message : word("numberAway"));
    // a next one would be refused likewise
    byId("number-new").hidden = e instanceof Problem && [403, 404].includes(e.status);
  }
}

/** The characters of codes (credential.codeAlphabet), in the order in which word.sounds says them. */
const alphabet = "234679ACEFHJKMNRWXY";

/** Returns a group of four, below which stands how it is said. */
function part(text: string): HTMLElement {
  const span = h("span", "", text);
  const sounds = word("sounds").split("・");
  span.dataset["sounds"] = [...text].map((c) => sounds[alphabet.indexOf(c)] ?? c).join(" ");
  return span;
}

async function follow(person: string, mine: number): Promise<void> {
  for (;;) {
    await new Promise((later) => setTimeout(later, pollEvery));
    if (mine !== round) return;
    let state: State = "open";
    let facility = "";
    try {
      ({ state, facility } = await send<{ state: State; facility: string }>(
        "GET",
        `/api/v1/people/${person}/code`,
        undefined,
        8_000,
      ));
    } catch (e) {
      // The server says that its time is over.
      if (e instanceof Problem && e.key === "code.nothing_asked") ends = 0;
    }
    if (mine !== round) return;
    if (facility) named = facility;
    if (state === "used") return finish(named ? word("numberUsed", { f: named }) : word("numberScanned"));
    if (state === "denied") return finish(word("numberDenied"));
    if (Date.now() > ends) return finish(word("numberOver"));
    if (state === "asked" && !asking && !answered) ask(facility);
    if (state === "allowed") show("waiting", word("numberAllowed", { f: named }));
  }
}

function ask(facility: string): void {
  setText(byId("number-question"), word("mayLook", { f: facility }));
  show("question", "");
  byId("number-deny").focus(); // a tap or Enter by habit must not show anything to anybody
}

async function answer(person: string, allow: boolean): Promise<void> {
  const mine = round;
  answered = true;
  show("waiting", word(allow ? "allowing" : "denying"));
  try {
    await send("POST", `/api/v1/people/${person}/code/answer`, { allow }, 8_000);
    if (!allow && mine === round) finish(word("numberDenied"));
  } catch (e) {
    if (mine !== round) return;
    if (e instanceof Problem && e.key) return finish(e.message);
    answered = false; // no network: the question stands
    show("question", word("numberAway"));
  }
}

/** Ends a code's life on the screen and offers the next. */
function finish(sentence: string): void {
  round++;
  clearInterval(counting);
  show("over", sentence);
  byId("number-new").focus();
}

/** Shows one part of the dialog, and a sentence. */
function show(what: "waiting" | "code" | "question" | "over", sentence: string): void {
  asking = what === "question";
  byId("number-shown").hidden = what !== "code";
  byId("number-asked").hidden = what !== "question";
  byId("number-new").hidden = what !== "over";
  byId("number-close").hidden = what === "question";
  setText(byId("number-state"), sentence);
}

function tick(): void {
  const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
  setText(byId("number-left"), word("secondsLeft", { n: left }));
  byId("number-bar").style.transform = `scaleX(${Math.min(1, left / 90)})`;
}

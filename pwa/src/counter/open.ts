// Opening a case by what was read, typed or dropped. Elements: #verdict.
import { Problem } from "../shared/api";
import { byId, h } from "../shared/dom";
import { word } from "../shared/words";
import { ask } from "./ask";
import { box } from "./box";
import type { Case } from "./casedata";
import { atHand } from "./current";
import { leave, opener, takeCase } from "./hand";
import { prove } from "./proof";
import { isProof } from "./second";
import { offer, type Person } from "./several";
import { takerOf } from "./takers";
import { act, answered, bound, busy, follows, stopWaiting, waitAnew } from "./turn";
import { isCredential, sameText } from "./typed";

const askEvery = 3_000;
const askFor = 100_000; // a number lives 90 s

let asking = false; // a number waits for its patient's yes

/**
 * Takes what a reader or a file gave. While a case is being recorded it is the next patient's, and is taken
 * afterwards; while a number waits for a yes it is what the patient shows instead. A code that was read twice
 * counts once.
 */
export function scanned(work: () => Promise<void>): void {
  if (!busy()) {
    void act(work);
  } else if (atHand() || bound()) {
    follows(work);
  } else if (asking) {
    follows(work);
    stopWaiting();
  }
}

/**
 * Takes what was read, typed or dropped: a screen, a number, or what another part of the page waits for. A
 * screen that was refused makes room for the next one, for which its sentence asks; a genuine one is
 * somebody's, whose case has to end first.
 */
export async function takeTexts(given: string[]): Promise<void> {
  const texts = given.map(sameText);
  const work = takerOf(texts);
  if (work) return work();
  const second = texts.find(isProof);
  byId("verdict").querySelector("#choose")?.remove(); // of the picture before
  const screens = [...new Set(texts.filter((t) => isCredential(t) && !isProof(t)))];
  let text = screens[0] ?? texts.find((t) => !isProof(t)) ?? second ?? "";
  const somebodys = atHand()?.acceptable;
  if (!text.trim() || (somebodys && text === opener())) return;
  if (somebodys) throw new Problem(0, "case.open", word("caseOpen"));
  if (atHand()) leave();
  let proof = second;
  if (screens.length > 1) {
    const credentials = { texts: texts.filter(isCredential) };
    const asked = ask<{ people: Person[] }>("POST", "/api/v1/counter/people", credentials);
    const [first, ...others] = (await answered(asked)).people;
    if (first && others.length) {
      return offer([first, ...others], (chosen) => scanned(() => takeTexts(chosen)));
    }
    text = first?.text ?? text;
    proof = first?.proof ?? second;
  }
  const c = await open(text);
  if (!c) return;
  takeCase(c, { text });
  if (proof && c.verdict.awaits) await prove(proof); // one picture held both
}

/**
 * Opens a case. A number may have to wait for the patient's yes; Esc ends that, and then there is no case.
 */
async function open(text: string): Promise<Case | null> {
  const stopped = waitAnew();
  const until = Date.now() + askFor;
  for (;;) {
    try {
      const c = await answered(ask<Case>("POST", "/api/v1/counter/cases", { text }));
      return stopped.aborted ? null : c;
    } catch (e) {
      if (stopped.aborted) return null;
      if (!(e instanceof Problem && e.key === "code.waiting")) {
        byId("verdict").replaceChildren(h("p", "help", word("waiting")));
        throw e;
      }
      const sentence = Date.now() > until ? word("waitedLong") : word("waitingPatient", { s: e.message });
      byId("verdict").replaceChildren(box("unsure", word("askingPatient"), sentence));
      if (Date.now() > until) return null;
    }
    asking = true;
    await pause(askEvery, stopped);
    asking = false;
    if (stopped.aborted) return null;
  }
}

function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, ms);
    stopped.addEventListener("abort", () => done(), { once: true });
  });
}

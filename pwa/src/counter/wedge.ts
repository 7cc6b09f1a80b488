// Readers that type what they read. With a Japanese input method on, letters become kana before they reach a
// field, and keyboard layouts swap the signs of an address; the physical keys (KeyboardEvent.code) are the
// same everywhere. From them alone codes are recognised, wherever the focus is: also in the field that the
// page gives it.
import { isCredential, readBurst, type Stroke, textOf } from "./typed";

const gap = 50; // ms between two keys: a reader is faster, a person slower
const short = 8; // keys in a row at that speed: no person's
const long = 40; // characters that are a code's, in whatever field they were typed
const most = 8000; // keys: two for each character of the largest code and more
const fields = ["scan-text", "second-text"]; // take what is typed themselves

/** Reports whether a key ends what a reader types, whichever of its names the browser tells. */
const isEnter = (e: KeyboardEvent): boolean => e.key === "Enter" || /^(?:Numpad)?Enter$/.test(e.code);
const isEnd = (e: KeyboardEvent): boolean => isEnter(e) || e.key === "Tab" || e.code === "Tab";

/** Reports whether somebody can write in what has the keyboard. */
const isWritten = (at: Element | null): boolean =>
  at instanceof HTMLTextAreaElement ||
  (at instanceof HTMLInputElement && !["checkbox", "radio", "button", "file"].includes(at.type));

/**
 * Calls found with what was typed at a reader's speed and ended by Enter or Tab: a code or a part of one
 * wherever it was typed, and where nobody can write whatever it is, since its Enter must not press the button
 * that has the focus. The field that had the focus gets its own text back.
 */
export function watchReader(found: (text: string) => void): void {
  let strokes: Stroke[] = [];
  let last = 0;
  let restore = (): void => undefined;
  document.addEventListener("keydown", (e) => {
    if (e.repeat) return; // a person holds it down
    if (e.timeStamp - last > gap) {
      strokes = [];
      restore = keeper(document.activeElement);
    }
    last = e.timeStamp;
    if (!isEnd(e)) {
      strokes.push({ code: e.code, key: e.key, shift: e.shiftKey, alt: e.altKey });
      if (strokes.length > most) strokes.shift();
      return;
    }
    const typed = textOf(strokes);
    strokes = [];
    const text = codeIn(typed, document.activeElement);
    if (text === null) return;
    e.preventDefault();
    e.stopPropagation();
    restore();
    handsOver(e);
    found(text);
  }, { capture: true });
}

/** Returns what was read, as a burst and in a field, null when it is for whatever has the keyboard. */
function codeIn(typed: string, at: Element | null): string | null {
  const field = fields.includes(at?.id ?? "");
  const there = field && typed.length >= long ? (at as HTMLInputElement).value : "";
  const burst = readBurst(typed); // of a reader that paused it is only the end
  if (isCredential(there) && !isCredential(burst ?? "")) return there;
  if (burst !== null || field) return burst;
  const broken = typed.length >= long || /\/.*\//.test(typed); // a code of which keys were lost
  return typed.length >= short && (broken || !isWritten(at)) ? typed : null;
}

let submitted = -Infinity; // when an Enter last handed a code over (Event.timeStamp)

/** Notes that this key's going down handed a code over, as a reader's Enter does. */
export function handsOver(e: KeyboardEvent): void {
  submitted = Math.min(e.timeStamp, performance.now());
}

/**
 * Has an Enter press only what had the keyboard when it went down. A reader's Enter opens a case and the
 * keyboard goes to the next step's button: neither the rest of that key nor a second Enter of a reader that
 * ends with two (CR and LF) may press it, for each check costs the card a try.
 */
export function guardEnter(): void {
  let down: Element | null = null;
  document.addEventListener("keydown", (e) => {
    down = document.activeElement;
    const since = e.timeStamp - submitted;
    if (isEnter(e) && since > 0 && since <= gap) stop(e);
  }, { capture: true });
  document.addEventListener("keypress", (e) => {
    if (e.key === "Enter" && document.activeElement !== down) stop(e);
  }, { capture: true });
}

function stop(e: Event): void {
  e.preventDefault();
  e.stopImmediatePropagation();
}

/**
 * Takes the keyboard from what has it, so that the reader's Enter presses nothing and ends an input method's
 * work, and undoes what was typed.
 */
function keeper(at: Element | null): () => void {
  const text = at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement ? at.value : null;
  return () => {
    if (at instanceof HTMLElement) at.blur();
    if (text !== null) (at as HTMLInputElement).value = text;
    if (fields.includes(at?.id ?? "")) (at as HTMLElement).focus(); // the next code is typed there
  };
}

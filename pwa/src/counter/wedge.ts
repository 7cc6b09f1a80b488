// Readers that type what they read. With a Japanese input method on, letters become kana before they reach a
// field, and keyboard layouts swap the signs of an address; the physical keys (KeyboardEvent.code) are the
// same everywhere. From them alone the address of a number and the digits of a screen's code are recognised,
// wherever the focus is: also in the field that the page gives it.
import { addKey, isCredential, readKeys } from "./typed";

const gap = 50; // ms between two keys: a reader is faster, a person slower
const long = 40; // keys in a row at that speed: no person's
const fields = ["scan-text", "second-text"]; // take what is typed themselves

/**
 * Calls found with what was typed at a reader's speed and ended by Enter or Tab: an address HTTPS…/C/ with a
 * number of 16 or 8 characters, the digits of a code, or outside of the fields for codes another long text,
 * whose Enter must not press the button that has the focus. The field that had the focus gets its own text
 * back.
 */
export function watchReader(found: (text: string) => void): void {
  let keys = "";
  let last = 0;
  let restore = (): void => undefined;
  document.addEventListener("keydown", (e) => {
    if (e.timeStamp - last > gap) {
      keys = "";
      restore = keeper(document.activeElement);
    }
    last = e.timeStamp;
    if (e.code === "Enter" || e.code === "Tab") {
      const typed = keys;
      keys = "";
      const field = fields.includes(document.activeElement?.id ?? "");
      const there = field && typed.length >= long ? (document.activeElement as HTMLInputElement).value : "";
      const burst = readKeys(typed); // of a reader that paused it is only the end
      const text = isCredential(there) && !isCredential(burst ?? "") ? there : burst;
      if (text === null && (typed.length < long || field)) return;
      e.preventDefault();
      e.stopPropagation();
      restore();
      handsOver(e);
      found(text ?? typed);
    } else {
      keys = addKey(keys, e.code, e.altKey);
    }
  }, { capture: true });
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
    if (e.code === "Enter" && since > 0 && since <= gap) stop(e);
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

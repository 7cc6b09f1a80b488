// Readers that type what they read. With a Japanese input method on, letters become kana before they reach a field, and keyboard
// layouts swap the signs of an address; the physical keys (KeyboardEvent.code) are the same everywhere. From them alone the
// address of a number and the digits of a screen's code are recognised, wherever the focus is.

const gap = 50; // ms between two keys: a reader is faster, a person slower
const long = 40; // keys in a row at that speed: no person's
const fields = ["scan-text", "second-text"]; // take what is typed themselves

/**
 * Calls found with what was typed at a reader's speed and ended by Enter or Tab: an address HTTPS…/C/ with 16 letters and digits (or 8, of a spoken number), or outside of the
 * fields for codes a longer text, whose Enter must not press the button that has the focus. The field that had the focus gets
 * its own text back.
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
      const address = /\/C\/(?:[0-9A-Z]{8}){1,2}$/.test(typed);
      if (!address && (typed.length < long || fields.includes(document.activeElement?.id ?? ""))) return;
      e.preventDefault();
      e.stopPropagation();
      restore();
      const digits = /SHC\.\/([0-9]+)$/.exec(typed)?.[1];
      found(digits ? `shc:/${digits}` : typed);
    } else if (!e.code.startsWith("Shift")) {
      const sign = /^(?:Key|Digit)([0-9A-Z])$/.exec(e.code)?.[1] ?? (e.code === "Slash" ? "/" : ".");
      keys = (keys + sign).slice(-4000);
    }
  }, { capture: true });
}

/** Takes the keyboard from what has it, so that the reader's Enter presses nothing and ends an input method's work, and undoes what was typed. */
function keeper(at: Element | null): () => void {
  const text = at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement ? at.value : null;
  return () => {
    if (at instanceof HTMLElement) at.blur();
    if (text !== null) (at as HTMLInputElement).value = text;
  };
}

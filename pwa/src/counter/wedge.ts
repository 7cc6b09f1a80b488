// Readers that type what they read. With a Japanese input method on, letters become kana before they reach a field, and keyboard
// layouts swap the signs of an address; the physical keys (KeyboardEvent.code) are the same everywhere. From them alone the
// address of a number is recognised, wherever the focus is. Longer codes are for the camera.

const gap = 50; // ms between two keys: a reader is faster, a person slower

/**
 * Calls found with an address HTTPS…/C/NNNNNNNN that was typed at a reader's speed and ended by Enter or Tab. The field that had
 * the focus gets its own text back.
 */
export function watchReader(found: (address: string) => void): void {
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
      if (!/\/C\/[0-9A-Z]{8}$/.test(typed)) return;
      e.preventDefault();
      e.stopPropagation();
      restore();
      found(typed);
    } else if (!e.code.startsWith("Shift")) {
      const sign = /^(?:Key|Digit)([0-9A-Z])$/.exec(e.code)?.[1] ?? (e.code === "Slash" ? "/" : ".");
      keys = (keys + sign).slice(-200);
    }
  }, { capture: true });
}

function keeper(field: Element | null): () => void {
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return () => undefined;
  const text = field.value;
  return () => {
    field.blur(); // ends what an input method was making of the keys
    field.value = text;
  };
}

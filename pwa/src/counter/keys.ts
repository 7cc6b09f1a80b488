// The keys of the page: each does one thing for the case at hand, wherever the keyboard is.
import { atHand } from "./current";
import { escape } from "./hand";

const keys: Record<string, () => void> = {};
const always: Record<string, () => void> = {};

/** Has a key, by its name (KeyboardEvent.key), do something while a case is at hand. */
export function onKey(key: string, work: () => void): void {
  keys[key] = work;
}

/** Has a key do something with or without a case. */
export function onAnyKey(key: string, work: () => void): void {
  always[key] = work;
}

/** Makes the keys work. Escape ends what was opened last. */
export function watchKeys(): void {
  document.addEventListener("keydown", (e) => {
    if (e.isComposing) return; // the key is the input method's
    if (document.querySelector("dialog[open]")) return; // it is the dialog's
    const work = always[e.key] ?? (atHand() ? keys[e.key] : undefined);
    if (work) {
      e.preventDefault();
      work();
    } else if (e.key === "Escape") {
      escape();
    } else if (e.key === "Enter" && e.repeat) {
      e.preventDefault(); // a key that is held down takes one step, not all
    }
  });
}

// A phone's Back closes what lies over the page first, and leaves the page only when nothing lies there: each
// dialog that is open has an entry of its own in the browser's history. Closed by a button, it leaves its
// entry to the next one; Back steps over an entry that nobody needs.
let over: HTMLDialogElement[] = []; // the topmost last; some may be closed by now

/** What an entry of the history says: how many dialogs may lie over the page there. */
interface Depth {
  over?: number;
}

const here = (): number => (history.state as Depth | null)?.over ?? 0;

let depth = here(); // of the entry where the page is

/**
 * Gives a dialog that was just opened its entry in the history. One that refuses to be cancelled (its
 * "cancel" event) stays, and has its entry again.
 */
export function closeByBack(dialog: HTMLDialogElement): void {
  over = [...over.filter((d) => d !== dialog && d.open), dialog];
  if (depth < over.length) push();
}

function push(): void {
  depth++;
  history.pushState({ over: depth } satisfies Depth, "");
}

window.addEventListener("popstate", () => {
  const before = depth;
  depth = here();
  over = over.filter((d) => d.open);
  if (depth >= before) return; // forward
  const top = over.at(-1);
  if (!top || over.length <= depth) {
    history.back(); // this entry was left by a dialog that is closed
  } else if (top.dispatchEvent(new Event("cancel", { cancelable: true }))) {
    top.close();
  } else {
    push();
  }
});

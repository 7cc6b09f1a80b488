// A phone's Back closes what lies over the page first, and leaves the page only when nothing lies there: each
// dialog has an entry of its own in the browser's history while it is open.
const over: HTMLDialogElement[] = []; // the topmost last
let own = 0; // steps back that this page itself has asked for

/**
 * Gives an open dialog its entry in the history. A dialog that refuses to be cancelled (its "cancel" event)
 * stays, and has its entry again.
 */
export function closeByBack(dialog: HTMLDialogElement): void {
  over.push(dialog);
  history.pushState(null, "");
  dialog.addEventListener("close", () => takeOff(dialog), { once: true });
}

function takeOff(dialog: HTMLDialogElement): void {
  const at = over.lastIndexOf(dialog);
  if (at < 0) return; // Back closed it
  over.splice(at, 1);
  own++;
  history.back();
}

window.addEventListener("popstate", () => {
  if (own > 0) {
    own--;
    return;
  }
  const top = over.at(-1);
  if (!top) return;
  if (!top.dispatchEvent(new Event("cancel", { cancelable: true }))) {
    history.pushState(null, "");
    return;
  }
  over.pop();
  top.close();
});

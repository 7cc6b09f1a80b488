// One question before something is removed. Elements: #confirm (dialog) and #confirm-*.
import { closeByBack } from "../shared/back";
import { byId, setText } from "../shared/dom";

/**
 * Asks, and returns whether the answer was yes. The focus is on no: a tap by habit must not remove anything.
 */
export function confirmed(title: string, text: string, yes: string): Promise<boolean> {
  const dialog = byId<HTMLDialogElement>("confirm");
  setText(byId("confirm-title"), title);
  setText(byId("confirm-text"), text);
  setText(byId("confirm-yes"), yes);
  dialog.returnValue = "";
  dialog.showModal();
  closeByBack(dialog);
  byId("confirm-no").focus();
  return new Promise((resolve) => {
    byId("confirm-yes").onclick = () => dialog.close("yes");
    byId("confirm-no").onclick = () => dialog.close();
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
  });
}

// A counter PC that nobody uses for a while hides the patient's data; the case stays in memory, and one touch
// or key brings it back. Elements: #console (data-blanking: seconds; without it nothing is hidden).
import { byId, h } from "../shared/dom";
import { word } from "../shared/words";

const uses = ["pointerdown", "pointermove", "keydown", "wheel", "dragover"];

/** Hides the panes after their time without use. */
export function hideWhenIdle(): void {
  const panes = byId("console");
  const seconds = Number(panes.dataset["blanking"] ?? 0);
  if (!(seconds > 0)) return;
  let used = Date.now();
  let cover: HTMLElement | null = null;
  let before: Element | null = null;

  const hide = (): void => {
    before = document.activeElement;
    cover = h(
      "section",
      "blanked",
      h("h2", "", word("blanked")),
      h("p", "", word("blankedWhy")),
      h("p", "", h("button", "button main", word("unblank"))),
    );
    cover.id = "blanked";
    cover.setAttribute("role", "status");
    for (const open of document.querySelectorAll("dialog[open]")) (open as HTMLDialogElement).close();
    panes.hidden = true;
    panes.before(cover);
    cover.querySelector("button")?.focus();
  };
  const show = (): void => {
    cover?.remove();
    cover = null;
    panes.hidden = false;
    if (before instanceof HTMLElement) before.focus();
  };
  // before everything else: the touch that brings the case back presses nothing
  for (const use of uses) {
    window.addEventListener(
      use,
      (e) => {
        used = Date.now();
        if (!cover || use === "pointermove") return;
        show();
        if (e instanceof KeyboardEvent && /^(Key|Digit)/.test(e.code)) return; // a reader that types
        e.preventDefault();
        e.stopImmediatePropagation();
      },
      { capture: true, passive: false },
    );
  }
  setInterval(() => {
    if (!cover && Date.now() - used >= seconds * 1000) hide();
  }, 1000);
}

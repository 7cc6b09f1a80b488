// A counter PC that nobody uses for a while hides the patient's data; the case stays in memory, and one touch
// or key brings it back. Elements: #console (data-blanking: seconds; without it nothing is hidden).
import { byId, h } from "../shared/dom";
import { word } from "../shared/words";

const uses = ["pointerdown", "pointermove", "keydown", "wheel", "dragover"];
// What follows a touch or press, on whatever lies under it by then
const rests = ["touchstart", "touchend", "mousedown", "mouseup", "pointerup", "pointercancel", "click",
  "auxclick", "contextmenu", "dblclick"];
const restTime = 600; // ms after it ends: browsers wait so long for a second tap

/** Hides the panes after their time without use. */
export function hideWhenIdle(): void {
  const panes = byId("console");
  const seconds = Number(panes.dataset["blanking"] ?? 0);
  if (!(seconds > 0)) return;
  let used = Date.now();
  let cover: HTMLElement | null = null;
  let before: Element | null = null;
  let pressed = false; // by the touch that brought the case back
  let ends: ReturnType<typeof setTimeout> | undefined;

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
  const swallow = (e: Event): void => {
    e.preventDefault();
    e.stopImmediatePropagation();
  };
  // before everything else: the touch that brings the case back presses nothing
  for (const use of uses) {
    window.addEventListener(
      use,
      (e) => {
        used = Date.now();
        if (use === "pointerdown" || use === "keydown") pressed = false; // this is another one
        if (!cover || use === "pointermove") return;
        show();
        if (e instanceof KeyboardEvent && /^(Key|Digit)/.test(e.code)) return; // a reader that types
        pressed = use === "pointerdown";
        clearTimeout(ends);
        swallow(e);
      },
      { capture: true, passive: false },
    );
  }
  for (const rest of rests) {
    window.addEventListener(rest, (e) => {
      if (!pressed) return;
      swallow(e);
      if (!rest.startsWith("pointer")) return;
      clearTimeout(ends);
      ends = setTimeout(() => (pressed = false), restTime);
    }, { capture: true, passive: false });
  }
  setInterval(() => {
    if (!cover && Date.now() - used >= seconds * 1000) hide();
  }, 1000);
}

// The verdict stays at the top of the window and the buttons at its foot: what has the keyboard is scrolled
// to the room between them, however high they are. Elements: #said, #decide.
import { byId } from "../shared/dom";

/** Keeps the page's scroll padding as high as what stays. */
export function keepMargins(): void {
  const page = document.documentElement.style;
  const stays = (e: HTMLElement): number =>
    getComputedStyle(e).position === "sticky" ? Math.ceil(e.getBoundingClientRect().height) + 8 : 0;
  const measure = (): void => {
    page.scrollPaddingTop = `${stays(byId("said"))}px`;
    page.scrollPaddingBottom = `${stays(byId("decide"))}px`;
  };
  const watcher = new ResizeObserver(measure);
  for (const id of ["said", "decide"]) watcher.observe(byId(id));
  addEventListener("resize", measure);
}

// A sheet over the page, built when it is needed, and gone when it is closed.
import { closeByBack } from "./back";
import { h } from "./dom";
import { word } from "./words";

/**
 * Opens a sheet with a title and parts, and a button below that closes it. The focus goes back to where it
 * was.
 */
export function openSheet(id: string, title: string, ...parts: (Node | string)[]): HTMLDialogElement {
  const before = document.activeElement;
  const heading = h("h2", "", title);
  heading.id = `${id}-title`;
  heading.tabIndex = -1;
  const close = button("button quiet", word("close"), () => sheet.close());
  const sheet = h("dialog", "tell", heading, ...parts, h("p", "", close)) as HTMLDialogElement;
  sheet.id = id;
  sheet.setAttribute("aria-labelledby", heading.id);
  sheet.addEventListener("close", () => {
    sheet.remove();
    if (before instanceof HTMLElement) before.focus();
  });
  document.body.append(sheet);
  sheet.showModal();
  closeByBack(sheet);
  heading.focus();
  return sheet;
}

/** Makes a button that does something. */
export function button(className: string, text: string, press: () => void): HTMLButtonElement {
  const b = h("button", className, text) as HTMLButtonElement;
  b.type = "button";
  b.addEventListener("click", press);
  return b;
}

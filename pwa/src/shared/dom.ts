// The DOM by text only: nothing here takes HTML.

/** Returns the element with this id; a missing one is a mistake in the page's template. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element #${id}`);
  return found as T;
}

/** Makes an element with a class and children; strings become text. */
export function h(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const e = document.createElement(tag);
  if (className) e.className = className;
  e.append(...children);
  return e;
}

/** Puts rows of label and value into a list of figures; rows without a value are left out. */
export function fillFigures(list: HTMLElement, rows: [string, string | undefined][]): void {
  list.replaceChildren(
    ...rows.filter(([, v]) => v).map(([k, v]) => h("div", "", h("dt", "", k), h("dd", "", v ?? ""))),
  );
}

/** Sets a text only when it changes, so that screen readers are not told twice. */
export function setText(e: HTMLElement, text: string): void {
  if (textOf(e) !== text) e.textContent = text;
}

/** Returns an element's text as it was set: with the marks of the readings above its characters. */
export function textOf(e: HTMLElement): string {
  if (!e.getElementsByTagName("ruby").length) return e.textContent;
  const copy = e.cloneNode(true) as HTMLElement;
  for (const r of copy.querySelectorAll("ruby")) {
    const reading = r.querySelector("rt")?.textContent ?? "";
    r.replaceWith(`\ufff9${r.firstChild?.textContent ?? ""}\ufffa${reading}\ufffb`);
  }
  return copy.textContent;
}

// Readings above the characters (furigana) of what programs say. Sentences bear them between Unicode's
// interlinear annotation characters; wherever one is put into the page, ruby stands in its place before it is
// painted.
import { h } from "./dom";

const mark = /\ufff9([^\ufffa]*)\ufffa([^\ufffb]*)\ufffb/;
const attributes = ["aria-label", "alt", "title"];

/** Shows the readings of all that is on the page from now on. */
export function showReadings(): void {
  const seen = { childList: true, characterData: true, subtree: true, attributeFilter: attributes };
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(annotate);
      else annotate(target);
    }
  }).observe(document, seen);
}

function annotate(node: Node): void {
  if (node instanceof Text) return annotateText(node);
  if (!(node instanceof HTMLElement)) return;
  for (const e of [node, ...node.querySelectorAll<HTMLElement>("[aria-label], [alt], [title]")]) {
    for (const name of attributes) {
      const value = e.getAttribute(name);
      if (value && mark.test(value)) e.setAttribute(name, bareText(value));
    }
  }
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  texts.forEach(annotateText);
}

function annotateText(text: Text): void {
  if (!mark.test(text.data)) return;
  const within = text.parentElement;
  if (within instanceof HTMLTitleElement || within instanceof HTMLOptionElement) {
    text.data = bareText(text.data); // they show no elements
    return;
  }
  // before a mark, its characters, their reading, and what is left
  const parts = text.data.split(mark);
  const line = h("span", ""); // one element, lest a flex container takes the parts for items
  for (let i = 0; i < parts.length; i += 3) {
    line.append(parts[i] ?? "");
    if (i + 2 < parts.length) line.append(ruby(parts[i + 1] ?? "", parts[i + 2] ?? ""));
  }
  text.replaceWith(line);
}

function ruby(characters: string, reading: string): HTMLElement {
  return h("ruby", "", characters, h("rp", "", "（"), h("rt", "", reading), h("rp", "", "）"));
}

const bareText = (text: string): string => text.split(mark).filter((_, i) => i % 3 !== 2).join("");

// Dates in what the counter's program says, and the word for that of a birth, stay on one line each, as in
// the server's pages (pwa/marks.go): wherever one is put into the page, it becomes an element of its own
// before it is painted.
import { h } from "../shared/dom";

const date =
  /((?:(?:令和|平成|昭和|大正|明治|西暦)(?:\d+|元)|\d{4})年(?:\d+月)?(?:\d+日)?|\d+月\d+日|\d{4}-\d\d-\d\d|生年月日)/;

/** Keeps the dates of all that is put into the page from now on whole. */
export function keepDatesWhole(): void {
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(mark);
      else mark(target);
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
}

function mark(node: Node): void {
  if (node instanceof Text) return markText(node);
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  texts.forEach(markText);
}

function markText(text: Text): void {
  if (!date.test(text.data)) return;
  if (!text.parentElement || text.parentElement.closest(".kept, .line, option")) return;
  // one element, lest a flex container takes the parts for items
  const parts = text.data.split(date).map((part, i) =>
    i % 2 ? h("span", part.includes("-") ? "line" : "kept", part) : part,
  );
  text.replaceWith(h("span", "", ...parts));
}

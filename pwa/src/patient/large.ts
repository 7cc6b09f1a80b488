// The code as large as the window allows, with what the reception has to see beside it: whose it is, that the
// card belongs to it, and how old it is. A square is as large as the window's shorter side, so the words
// stand where room is left: above and below it, or at its side. It is never smaller than on the page: where
// the words leave too little (very large letters, a square window) the code comes first and the words are
// scrolled to. Without network there is a second code, which has a turn of its own where both do not fit.
import { closeByBack } from "../shared/back";
import { byId, h, setText, textOf } from "../shared/dom";
import { draw, type Code } from "../shared/qr";
import { language, word } from "../shared/words";
import { cardForStaff } from "./forstaff";

/** The codes that are shown now; the second one only without network. */
export interface Codes {
  card: Code;
  proof: Code | null;
}

const gap = 8; // CSS pixels between two codes
const narrowest = 168; // CSS pixels that words at the side need

interface View {
  over: HTMLDialogElement;
  words: HTMLElement[]; // above and below the code
  card: HTMLCanvasElement;
  proof: HTMLCanvasElement;
  turn: HTMLButtonElement;
  ofStaff: HTMLElement | null; // the card sentence in Japanese, on a page in another language
}

let view: View | null = null;
let codes: Codes | null = null;
let second = false; // the second code's turn
let heights = ""; // of the words when the codes were last drawn

const heightsOf = (words: HTMLElement[]): string => words.map((e) => e.offsetHeight).join();

/** Opens the view; closed is called when it is gone. */
export function openLarge(now: Codes, closed: () => void): void {
  if (view) return;
  const card = canvas("cardCode");
  const proof = canvas("proofCode");
  const [name, mark, age] = [h("p", "holder"), h("p", "represented"), h("p", "")];
  const close = h("button", "button", word("close")) as HTMLButtonElement;
  const turn = h("button", "button main", "") as HTMLButtonElement;
  const ofStaff = language.startsWith("ja") ? null : h("p", "with-card", cardForStaff);
  if (ofStaff) ofStaff.lang = "ja";
  const words = [
    h("div", "about", name, mark, h("p", "with-card", withCard()), age, ofStaff ?? ""),
    h("p", "ways", close, turn),
  ];
  const over = h(
    "dialog",
    "biggest",
    h("div", "codes", card, proof),
    h("div", "words", ...words),
  ) as HTMLDialogElement;
  over.setAttribute("aria-label", word("cardCode"));
  const tell = (): void => {
    const own = byId("holder-name");
    setText(name, own.textContent ?? "");
    name.classList.toggle("of-name-font", own.classList.contains("of-name-font"));
    mark.hidden = byId("represented").hidden;
    setText(mark, byId("represented").querySelector("b")?.textContent ?? "");
    setText(age, textOf(byId("age")));
    if (heightsOf(words) !== heights) layOut();
  };
  const told = new MutationObserver(tell);
  for (const id of ["holder-name", "age"]) {
    told.observe(byId(id), { childList: true, characterData: true, subtree: true });
  }
  const places: [EventTarget | null | undefined, string][] = [
    [window, "resize"],
    [window.visualViewport, "resize"],
    [document.fonts, "loadingdone"],
  ];
  view = { over, words, card, proof, turn, ofStaff };
  over.addEventListener("click", () => over.close());
  turn.addEventListener("click", (e) => {
    e.stopPropagation();
    second = !second;
    layOut();
  });
  over.addEventListener("close", () => {
    told.disconnect();
    for (const [place, event] of places) place?.removeEventListener(event, layOut);
    over.remove();
    view = null;
    closed();
  });
  byId("screen").append(over); // it has the name's font from there
  over.showModal();
  closeByBack(over);
  close.focus({ preventScroll: true });
  codes = now;
  second = false;
  heights = "";
  tell();
  for (const [place, event] of places) place?.addEventListener(event, layOut);
}

/** Shows other codes in an open view. */
export function updateLarge(now: Codes): void {
  codes = now;
  if (!now.proof) second = false;
  layOut();
}

/** Closes the view where it is open. */
export function closeLarge(): void {
  view?.over.close();
}

function canvas(name: "cardCode" | "proofCode"): HTMLCanvasElement {
  const e = h("canvas", "") as HTMLCanvasElement;
  e.setAttribute("role", "img");
  e.setAttribute("aria-label", word(name));
  return e;
}

/** The page's own card sentence, for one line where it fits; with its readings. */
function withCard(): string {
  const sentence = document.querySelector<HTMLElement>(".with-card");
  return sentence ? textOf(sentence).replace(/\s+/g, " ") : "";
}

/** Gives the codes the largest squares that the window has left. */
function layOut(): void {
  if (!view || !codes) return;
  if (view.ofStaff) view.ofStaff.hidden = false;
  if (!arrangeCodes(view, codes) && view.ofStaff) {
    view.ofStaff.hidden = true; // the code goes before it
    arrangeCodes(view, codes);
  }
  heights = heightsOf(view.words);
}

/** Arranges codes and words, and reports whether the words are seen without scrolling. */
function arrangeCodes({ over, words, card, proof, turn }: View, codes: Codes): boolean {
  const arrange = (kind: "" | "side" | "first"): void => {
    over.className = `biggest ${kind}`.trim();
  };
  const scrolled = over.classList.contains("first") ? over.scrollTop : 0;
  card.hidden = second;
  proof.hidden = !codes.proof || !second;
  turn.hidden = !codes.proof;
  setText(turn, word(second ? "firstCode" : "secondCode"));
  arrange("");
  const style = getComputedStyle(over);
  const inner = (full: number, before: string, after: string): number =>
    full - parseFloat(before) - parseFloat(after);
  const width = inner(over.clientWidth, style.paddingLeft, style.paddingRight);
  const height = inner(over.clientHeight, style.paddingTop, style.paddingBottom);
  const onPage = byId("code").clientWidth;
  const left = height - words.reduce((sum, e) => sum + e.offsetHeight, 0);
  let room = Math.min(width, left);
  const beside = Math.min(height, width - narrowest);
  if (codes.proof) {
    turn.hidden = true; // both at once need no turns
    const of = byId("proof").clientWidth;
    const rest = Math.min(width, left - gap - of);
    if (rest >= onPage && rest >= beside) {
      second = card.hidden = proof.hidden = false;
      draw(card, codes.card, rest);
      draw(proof, codes.proof, of);
      return true;
    }
    turn.hidden = false;
  }
  if (beside > room) {
    arrange("side");
    room = beside;
  }
  if (room < onPage) {
    arrange("first");
    room = onPage;
  }
  if (second && codes.proof) draw(proof, codes.proof, room);
  else draw(card, codes.card, room);
  over.scrollTop = scrolled;
  const side = words[0]?.parentElement;
  return !over.classList.contains("first") && !(side && side.scrollHeight > side.clientHeight + 1);
}

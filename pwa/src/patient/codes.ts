// The codes that the page shows now, and the same ones as large as the phone allows. Both views are drawn from one place, so
// that the large one never shows a code that the page has already let go.
import { byId, h, say } from "../shared/dom";
import { cardCode, draw, proofCode, type Drawn } from "../shared/qr";
import { word } from "../shared/words";

let card: string | null | undefined; // undefined before the first
let proof: string | null = null;
let large: { over: HTMLDialogElement; card: HTMLCanvasElement; proof: HTMLCanvasElement } | null = null;

/** Binds what makes the codes large: the button, the code itself, and a phone that is turned. */
export function bindCodes(): void {
  byId("bigger").addEventListener("click", showLarge);
  byId("qr").addEventListener("click", showLarge);
  window.addEventListener("resize", () => {
    drawCards();
    drawProofs();
  });
}

/** Returns the card whose code is shown now, or null. */
export const shownCard = (): string | null => card ?? null;

/** Shows a card's code, or none. */
export function showCard(jws: string | null): void {
  if (card === jws) return;
  card = jws;
  byId("qr").classList.toggle("stale", !jws);
  byId<HTMLButtonElement>("bigger").disabled = !jws;
  if (!jws) large?.over.close();
  drawCards();
}

/** Shows a proof's code, the second and smaller one, or none. */
export function showProof(text: string | null): void {
  const changed = !proof !== !text;
  proof = text;
  drawProofs();
  if (changed) drawCards(); // what helps is another thing with a second code
}

function drawCards(): void {
  if (!card) return;
  const code = cardCode(card);
  hint(draw(byId<HTMLCanvasElement>("qr"), code));
  if (large) draw(large.card, code);
}

/** Says what helps where the window is too small: a square is as large as the shorter side, so an upright phone shows the most. */
function hint(drawn: Drawn): void {
  const tooTall = innerWidth > innerHeight && byId("qr").clientHeight > innerHeight;
  const tooSmall = drawn.module > 0 && drawn.module < 3 && drawn.modules > 81;
  byId("turn").hidden = !tooTall && !tooSmall;
  say(byId("turn"), tooTall ? word("turnUpright") : tooSmall ? word(proof ? "smallWindowAway" : "smallWindow") : "");
}

function drawProofs(): void {
  if (large) large.proof.hidden = !proof;
  if (!proof) return;
  const code = proofCode(proof);
  draw(byId<HTMLCanvasElement>("proof"), code);
  if (large) draw(large.proof, code);
}

/** Shows the codes alone until they are tapped. */
export function showLarge(): void {
  if (!card || large) return;
  const close = h("button", "button", word("close"));
  large = { over: h("dialog", "biggest") as HTMLDialogElement, card: h("canvas", "") as HTMLCanvasElement, proof: h("canvas", "second") as HTMLCanvasElement };
  large.card.setAttribute("role", "img");
  large.card.setAttribute("aria-label", word("cardCode"));
  large.proof.setAttribute("role", "img");
  large.proof.setAttribute("aria-label", word("proofCode"));
  const { over } = large;
  over.append(large.card, large.proof, close);
  over.addEventListener("click", () => over.close());
  over.addEventListener("close", () => {
    over.remove();
    large = null;
    byId("bigger").focus();
  });
  document.body.append(over);
  over.showModal();
  close.focus();
  drawCards();
  drawProofs();
}

// The codes that the page shows now, and the same ones as large as the phone allows. Both views are drawn
// from one place, so that the large one never shows a code that the page has already let go.
import { byId, setText } from "../shared/dom";
import { cardCode, draw, proofCode, type Drawn } from "../shared/qr";
import { word } from "../shared/words";
import { fitFirstView, watchFirstView } from "./firstview";
import { closeLarge, openLarge, updateLarge, type Codes } from "./large";

let card: string | null | undefined; // undefined before the first
let proof: string | null = null;
/** Binds what makes the codes large: the button, the code itself, and a phone that is turned. */
export function bindCodes(): void {
  byId("bigger").addEventListener("click", showLarge);
  byId("qr").addEventListener("click", showLarge);
  const again = (): void => {
    drawCards();
    drawProofs();
  };
  window.addEventListener("resize", again);
  watchFirstView(again);
}

/** Returns the card whose code is shown now, or null. */
export const shownCard = (): string | null => card ?? null;

/** Shows a card's code, or none. */
export function showCard(jws: string | null): void {
  if (card === jws) return;
  card = jws;
  byId("qr").classList.toggle("stale", !jws);
  byId<HTMLButtonElement>("bigger").disabled = !jws;
  if (!jws) closeLarge();
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
  fitFirstView();
  if (!card) return;
  hint(draw(byId<HTMLCanvasElement>("qr"), cardCode(card)));
  updateLarge(codesNow(card));
}

const codesNow = (jws: string): Codes => ({ card: cardCode(jws), proof: proof ? proofCode(proof) : null });

/**
 * Says what helps where the window is too small: a square is as large as the shorter side, so an upright
 * phone shows the most.
 */
function hint(drawn: Drawn): void {
  const tooSmall = drawn.module > 0 && drawn.module < 3 && drawn.modules > 81;
  const lying = innerWidth > innerHeight; // upright it would be larger
  byId("turn").hidden = !tooSmall;
  setText(
    byId("turn"),
    !tooSmall ? "" : word(lying ? "turnUpright" : proof ? "smallWindowAway" : "smallWindow"),
  );
}

function drawProofs(): void {
  if (proof) draw(byId<HTMLCanvasElement>("proof"), proofCode(proof));
  if (card) updateLarge(codesNow(card));
}

/** Shows the codes alone until they are tapped. */
function showLarge(): void {
  if (!card) return;
  // An emptied phone has none.
  const back = (): void => document.getElementById("bigger")?.focus({ preventScroll: true });
  openLarge(codesNow(card), back);
}

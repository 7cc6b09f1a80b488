// What an acceptance stands on: the card's chip, all three ticks, or a reason. The large button moves along
// these steps: the card is checked, or what can be compared by eye is; then the case is recorded. The line
// beside the button says what the next press means, or what is missing; the server decides by the same rule.
// Elements: #record, #record-label, #record-ground, #card-question, #card-check, #card-check-label,
// #card-state, #accept, #visual.
import { byId, h, setText } from "../shared/dom";
import { local } from "../shared/local";
import { word } from "../shared/words";
import { away, onAway } from "./ask";
import { type Comparison, hasCard, tellsAnotherName } from "./casedata";
import { atHand, onCase } from "./current";
import { showLamps } from "./lamps";
import { onReaders, readerHere } from "./status";

const boxes = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>("#visual input")];

/**
 * What the large button does next; nothing on a case that cannot be accepted. "beside": it says what the chip
 * does not tell, and records.
 */
export type Step = "card" | "eye" | "beside" | "record" | "none";

let refused = false; // the card

/** The ticks as the server takes them. */
export const ticks = (): string[] => boxes().filter((box) => box.checked).map((box) => box.value);

export function setTicks(checks: string[]): void {
  for (const box of boxes()) box.checked = checks.includes(box.value);
}

/** Has the boxes be what is compared of a case. Those that are the same stay as they are. */
export function offerComparisons(all: Comparison[]): void {
  const place = byId("visual");
  const said = all.map((one) => `${one.code} ${local(one)}`).join();
  if (place.dataset["said"] === said) return;
  place.dataset["said"] = said;
  for (const row of place.querySelectorAll("p")) row.remove();
  place.append(...all.map((one) => {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.value = one.code;
    return h("p", "", h("label", "", box, local(one)));
  }));
}

/** The boxes that the chip does not stand for. */
function besideChip(): HTMLInputElement[] {
  const codes = (atHand()?.compare ?? []).filter((one) => one.besideChip).map((one) => one.code);
  return boxes().filter((box) => codes.includes(box.value));
}

export function tickBesideChip(): void {
  for (const box of besideChip()) box.checked = true;
}

export function step(): Step {
  const c = atHand();
  if (c?.unchecked) return "eye"; // for a reason besides
  if (!c || !c.acceptable || c.cardRefused) return "none";
  const made = ticks().length;
  if (made === boxes().length) return "record";
  if (c.chipPassed) return besideChip().every((box) => box.checked) ? "record" : "beside";
  const asked = (c.card && c.card.result !== "error") || !hasCard(c) || tellsAnotherName(c);
  return made || asked || !readerHere() ? "eye" : "card";
}

/** Returns the first comparison by eye that is open, and what to say there once some were made. */
export function missing(): { place: HTMLElement; sentence: string } | null {
  const open = boxes().filter((box) => !box.checked);
  const [first] = open;
  if (!first) return null;
  const begun = open.length < boxes().length;
  return { place: first, sentence: begun ? ticksLeft(open.length) : "" };
}

/** Shows what accepting the case at hand would stand on. */
export function drawGround(): void {
  const c = atHand();
  const now = step();
  showLamps(c, ticks().length, boxes().length);
  const failed = c?.card?.result === "error";
  const label = { card: failed ? "stepCardAgain" : "stepCard", eye: "stepEye", beside: "stepBeside",
    record: "stepRecord", none: "stepNone" } as const;
  setText(byId("record-label"), word(label[now]));
  const record = byId<HTMLButtonElement>("record");
  record.disabled = now === "none";
  record.dataset["step"] = now;
  // the large button checks the card itself; without the server nothing does
  const toEye = away() && hasCard(c);
  byId("card-check").hidden = now === "card" || !!c?.chipPassed || toEye;
  setText(byId("card-check-label"), word(c?.card ? "stepCardAgain" : "stepCard"));
  if (toEye || !byId("card-state").dataset["reading"]) {
    setText(byId("card-state"), toEye ? word("offlineNoCard") : "");
  }
  byId("accept").hidden = now !== "card" && now !== "eye";
  setText(byId("card-question"), question(now));
  setText(byId("record-ground"), ground(now));
}

/**
 * What staff look at before they press: the chip answers for a birth date, which twins share, so the name is
 * asked too where it is known.
 */
function question(now: Step): string {
  if (now === "beside") return word("besideQuestion");
  if (now !== "card") return "";
  const text = (key: string): string => String(atHand()?.eligibility?.[key] ?? "");
  const [n, d] = [text("name"), text("birthDateJa")];
  return n ? word("cardQuestionName", { n, d }) : word("cardQuestion", { d });
}

/** Whether no check of a card helps: none belongs to the case, or its chip told another name. */
const byEyeAlone = (): boolean => {
  const c = atHand();
  return !hasCard(c) || (!!c && tellsAnotherName(c));
};
const ticksLeft = (n: number): string =>
  word(byEyeAlone() ? "groundTicksNoCard" : away() ? "groundTicksAway" : "groundTicks", { n });
const ticksMissing = (): string =>
  word(byEyeAlone() ? "groundMissingNoCard" : away() ? "groundMissingAway" : "groundMissing");

function ground(now: Step): string {
  const made = ticks().length;
  if (now === "card") return word("groundAsk");
  if (atHand()?.unchecked && made === boxes().length) return word("offlineEyeReason");
  if (now === "beside") return word("groundBeside");
  if (now === "eye") return made ? ticksLeft(boxes().length - made) : ticksMissing();
  if (now === "record") return word(atHand()?.chipPassed ? "groundChip" : "groundEye");
  return "";
}

byId("visual").addEventListener("change", (e) => {
  drawGround();
  if (!(e.target as HTMLInputElement).checked) return;
  (missing()?.place ?? byId("record")).focus(); // three presses of the space bar, then Enter
});
onReaders(drawGround);
onAway(drawGround);
onCase((c) => {
  const was = refused;
  refused = !!c?.cardRefused;
  if (refused && !was) setTicks([]); // they were made beside that card
  drawGround();
});

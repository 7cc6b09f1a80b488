// What an acceptance stands on: the card's chip, all three ticks, or a reason. The large button moves along
// these steps: the card is checked, or what can be compared by eye is; then the case is recorded. The line
// beside the button says what the next press means, or what is missing; the server decides by the same rule.
// Elements: #record, #record-label, #record-ground, #card-question, #card-check, #card-check-label, #accept,
// #visual.
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";
import { atHand, onCase } from "./current";
import { showLamps } from "./lamps";
import { onReaders, readerHere } from "./status";

const boxes = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>("#visual input")];

/** What the large button does next; nothing on a case that cannot be accepted. */
export type Step = "card" | "eye" | "record" | "none";

let refused = false; // the card

/** The ticks as the server takes them. */
export const ticks = (): string[] => boxes().filter((box) => box.checked).map((box) => box.value);

export function setTicks(checks: string[]): void {
  for (const box of boxes()) box.checked = checks.includes(box.value);
}

export function step(): Step {
  const c = atHand();
  if (c?.unchecked) return "eye"; // for a reason besides
  if (!c || !c.verdict.valid || c.cardRefused) return "none";
  const made = ticks().length;
  if (c.chipPassed || made === boxes().length) return "record";
  const asked = c.card && c.card.result !== "error";
  return made || asked || !readerHere() ? "eye" : "card";
}

/** Returns the first comparison by eye that is open, and what to say there once some were made. */
export function missing(): { place: HTMLElement; sentence: string } | null {
  const open = boxes().filter((box) => !box.checked);
  const [first] = open;
  if (!first) return null;
  const begun = open.length < boxes().length;
  return { place: first, sentence: begun ? word("groundTicks", { n: open.length }) : "" };
}

/** Shows what accepting the case at hand would stand on. */
export function drawGround(): void {
  const c = atHand();
  const now = step();
  showLamps(c, ticks().length, boxes().length);
  const failed = c?.card?.result === "error";
  const label = { card: failed ? "stepCardAgain" : "stepCard", eye: "stepEye", record: "stepRecord",
    none: "stepNone" } as const;
  setText(byId("record-label"), word(label[now]));
  const record = byId<HTMLButtonElement>("record");
  record.disabled = now === "none";
  record.dataset["step"] = now;
  // the large button checks the card itself
  byId("card-check").hidden = now === "card" || !!c?.chipPassed;
  setText(byId("card-check-label"), word(c?.card ? "stepCardAgain" : "stepCard"));
  byId("accept").hidden = now !== "card" && now !== "eye";
  const birth = String(c?.eligibility?.["birthDateJa"] ?? "");
  setText(byId("card-question"), now === "card" ? word("cardQuestion", { d: birth }) : "");
  setText(byId("record-ground"), ground(now));
}

function ground(now: Step): string {
  const made = ticks().length;
  if (now === "card") return word("groundAsk");
  if (atHand()?.unchecked && made === boxes().length) return word("offlineEyeReason");
  if (now === "eye") return made ? word("groundTicks", { n: boxes().length - made }) : word("groundMissing");
  if (now === "record") return word(atHand()?.chipPassed ? "groundChip" : "groundEye");
  return "";
}

byId("visual").addEventListener("change", (e) => {
  drawGround();
  if (!(e.target as HTMLInputElement).checked) return;
  (missing()?.place ?? byId("record")).focus(); // three presses of the space bar, then Enter
});
onReaders(drawGround);
onCase((c) => {
  const was = refused;
  refused = !!c?.cardRefused;
  if (refused && !was) setTicks([]); // they were made beside that card
  drawGround();
});

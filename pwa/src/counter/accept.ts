// What an acceptance stands on: the card's chip, all three ticks, or a reason. The line beside the button
// says which it is, or what is missing; the server decides by the same rule. Elements: #record,
// #record-ground, #reason, #visual, #card-check.
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";
import type { Case } from "./casedata";

const boxes = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>("#visual input")];

let shown: Case | null = null;

/** The ticks as the server takes them. */
export const ticks = (): string[] => boxes().filter((box) => box.checked).map((box) => box.value);

export function clearTicks(): void {
  for (const box of boxes()) box.checked = false;
}

/**
 * Shows what accepting this case would stand on. A refused card takes the ticks back: they were made beside
 * it.
 */
export function showGround(c: Case): void {
  if (c.cardRefused && !shown?.cardRefused) clearTicks();
  shown = c;
  draw();
}

/**
 * Returns where the keyboard goes while nothing stands behind accepting, and what to say there; null when
 * something does.
 */
export function missing(): { place: HTMLElement; sentence: string } | null {
  if (!shown || shown.chipPassed || typedReason()) return null;
  const open = boxes().filter((box) => !box.checked);
  if (!open.length) return null;
  const untouched = open.length === boxes().length;
  if (untouched && !shown.card) return { place: byId("card-check"), sentence: word("groundMissing") };
  const sentence = untouched ? word("groundMissing") : word("groundTicks", { n: open.length });
  return { place: open[0] ?? byId("reason"), sentence };
}

/** A reason counts when something in it can be seen. */
function typedReason(): boolean {
  const seen = byId<HTMLInputElement>("reason").value.replace(/[\u115F\u1160\u2800\u3164\uFFA0\uFFFD]/gu, "");
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(seen);
}

function draw(): void {
  const c = shown;
  if (!c || !c.verdict.valid || c.cardRefused) return setText(byId("record-ground"), "");
  const seen = ticks().length === boxes().length;
  const ground = c.chipPassed ? word("groundChip") : seen ? word("groundEye") : word("groundReason");
  setText(byId("record-ground"), missing()?.sentence ?? ground);
}

byId("visual").addEventListener("change", draw);
byId("reason").addEventListener("input", draw);

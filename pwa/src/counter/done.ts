// The record that was just made, and a time to take it back. Elements: #done.
import { button } from "../shared/dialog";
import { byId, h } from "../shared/dom";
import { word } from "../shared/words";
import { called } from "./aside";
import type { Case } from "./casedata";

const place = "\n"; // of the name, which alone is shortened where there is no room

let ends: ReturnType<typeof setTimeout> | undefined;

/** Says whose case was recorded, with a button that takes it back as long as the server does. */
export function offerTakingBack(c: Case, forMs: number, takeBack: () => void): void {
  const back = button("link", word("takeBack"), takeBack);
  back.id = "take-back";
  sayRecorded(c, forMs, back);
}

/** Says whose case was recorded, for a time. */
export function sayRecorded(c: Case, forMs: number, ...more: HTMLElement[]): void {
  const name = called(c);
  const [before = "", after = ""] = word("recordedWho", { n: place }).split(place);
  const said = name ? [before, h("span", "who", name), after] : [word("recordedOne")];
  byId("done").replaceChildren(h("span", "", ...said), ...more);
  clearTimeout(ends);
  ends = setTimeout(endTakingBack, forMs);
}

export function endTakingBack(): void {
  clearTimeout(ends);
  byId("done").replaceChildren();
}

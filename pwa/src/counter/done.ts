// The record that was just made, and ten seconds to take it back. Elements: #done.
import { button } from "../shared/dialog";
import { byId, h } from "../shared/dom";
import { word } from "../shared/words";
import { called } from "./aside";
import type { Case } from "./casedata";

const offered = 10_000; // ms, as the server takes it back (server/counter/takeback.go)

let ends: ReturnType<typeof setTimeout> | undefined;

/** Says whose case was recorded, with a button that takes it back. */
export function offerTakingBack(c: Case, takeBack: () => void): void {
  const back = button("link", word("takeBack"), takeBack);
  back.id = "take-back";
  sayRecorded(c, back);
}

/** Says whose case was recorded. */
export function sayRecorded(c: Case, ...more: HTMLElement[]): void {
  const name = called(c);
  const said = name ? word("recordedWho", { n: name }) : word("recordedOne");
  byId("done").replaceChildren(h("span", "", said), ...more);
  clearTimeout(ends);
  ends = setTimeout(endTakingBack, offered);
}

export function endTakingBack(): void {
  clearTimeout(ends);
  byId("done").replaceChildren();
}

// The case at hand: the page's one copy of it. Whatever answers with the case puts it here; whatever shows it
// or depends on it is told.
import type { Case } from "./casedata";

/** Is told of each change; another: it is not the case that was at hand before. */
type Tell = (c: Case | null, another: boolean) => void;

let hand: Case | null = null;
const told: Tell[] = [];

export const atHand = (): Case | null => hand;

/** Calls tell after every change, those first that asked first. */
export function onCase(tell: Tell): void {
  told.push(tell);
}

/** Makes a case the one at hand, as it is by now; null when there is none. */
export function setAtHand(c: Case | null): void {
  const another = c?.id !== hand?.id;
  hand = c;
  for (const tell of told) tell(c, another);
}

/** Takes what an answer says of its case, unless another one is at hand by now. */
export function learn(c: Case): void {
  if (c.id === hand?.id) setAtHand(c);
}

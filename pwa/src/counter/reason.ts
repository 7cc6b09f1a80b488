// The reason of staff for a case. Its field opens when a case is parked or refused, or accepted without the
// card, in the place of the buttons; what was typed stays when it is closed. Elements: #choices,
// #reason-area, #reason-label, #reason, #reason-go, #reason-go-label, #reason-back, #park, #refuse, #accept.
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";

export type Outcome = "accepted" | "parked" | "refused";

const texts = {
  accepted: ["reasonAccepted", "goAccepted"],
  parked: ["reasonParked", "goParked"],
  refused: ["reasonRefused", "goRefused"],
} as const;

// What a slow reader typed into the field is no reason, and its Enter ends no case.
const code = /\/c\/[0-9a-z]{8}|[0-9]{40}/i;

let asked: Outcome | null = null;
const field = (): HTMLInputElement => byId<HTMLInputElement>("reason");

export const reason = (): string => field().value;

export function setReason(text: string): void {
  field().value = text;
}

/** Opens the field for an outcome. */
export function askReason(outcome: Outcome): void {
  asked = outcome;
  const [label, go] = texts[outcome];
  setText(byId("reason-label"), word(label));
  setText(byId("reason-go-label"), word(go));
  byId("reason-area").hidden = false;
  byId("choices").hidden = true;
  field().focus();
}

/** Closes the field, and reports whether it was open. What was typed stays. */
export function closeReason(): boolean {
  if (!asked) return false;
  asked = null;
  const typing = byId("reason-area").contains(document.activeElement);
  byId("reason-area").hidden = true;
  byId("choices").hidden = false;
  if (typing) byId("park").focus();
  return true;
}

/** Makes the buttons work: decide ends the case with the reason that stands in the field. */
export function watchReason(decide: (outcome: Outcome) => void): void {
  const go = (): void => {
    if (asked) decide(asked);
  };
  byId("park").addEventListener("click", () => askReason("parked"));
  byId("refuse").addEventListener("click", () => askReason("refused"));
  byId("accept").addEventListener("click", () => askReason("accepted"));
  byId("reason-back").addEventListener("click", () => closeReason());
  byId("reason-go").addEventListener("click", go);
  field().addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.isComposing) return;
    e.preventDefault();
    if (!code.test(reason().normalize("NFKC"))) go();
  });
  byId("reason-number").addEventListener("keydown", (e) => { // a reader's Enter ends no case without a reason
    if (e.key !== "Enter" || e.isComposing) return;
    e.preventDefault();
    if (reason()) go();
    else field().focus();
  });
}

/** F8: opens the field to park; once something stands in it, it parks. */
export function parkOrAsk(decide: (outcome: Outcome) => void): void {
  if (asked === "parked" && reason()) decide("parked");
  else askReason("parked");
}

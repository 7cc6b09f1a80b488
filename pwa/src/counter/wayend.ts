// Ending the case of a way's form without accepting it: parked (F8) or refused, each for a reason, whose
// field takes the place of the buttons. Elements that it makes: #way-choices, #way-refuse, #way-park,
// #way-why.
import { button } from "../shared/dialog";
import { h, setText } from "../shared/dom";
import { word } from "../shared/words";

export type End = "parked" | "refused";

export interface Endings {
  parts: HTMLElement[];
  /** Asks why; while that is open already, F8 takes what was typed as the answer. */
  park(): void;
  /** Closes the field, and reports whether it was open. What was typed stays. */
  close(): boolean;
}

const texts = {
  parked: ["reasonParked", "goParked"],
  refused: ["reasonRefused", "goRefused"],
} as const;

/**
 * Makes the buttons beside the one that accepts, below its own reason; decide gets how the case ends
 * otherwise and why.
 */
export function endings(
  accept: HTMLElement, ownReason: HTMLElement, decide: (end: End, reason: string) => void,
): Endings {
  let asked: End | null = null;
  const input = h("input", "") as HTMLInputElement;
  input.id = "way-why-text"; // no name: it is no field of the form
  input.maxLength = 200;
  input.autocomplete = "off";
  const label = h("label", "") as HTMLLabelElement;
  label.htmlFor = input.id;
  const goLabel = h("span", "");
  const go = button("button main", "", () => asked && decide(asked, input.value));
  go.id = "way-why-go";
  go.append(goLabel, h("kbd", "", "Enter"));
  const back = button("button quiet", word("wayBack"), () => close());
  back.append(h("kbd", "", "Esc"));
  const why = h("div", "", h("p", "way-field", label, input), h("p", "way-ends", back, go));
  why.id = "way-why";
  why.hidden = true;
  const park = button("button quiet", word("wayPark"), () => ask("parked"));
  park.id = "way-park";
  park.append(h("kbd", "", "F8"));
  const refuse = button("button quiet", word("wayRefuse"), () => ask("refused"));
  refuse.id = "way-refuse";
  const choices = h("div", "", ownReason, h("p", "way-ends", refuse, park, accept));
  choices.id = "way-choices";

  const ask = (end: End): void => {
    asked = end;
    const [says, does] = texts[end];
    setText(label, word(says));
    setText(goLabel, word(does));
    why.hidden = false;
    choices.hidden = true;
    input.focus();
  };
  const close = (): boolean => {
    if (!asked) return false;
    asked = null;
    why.hidden = true;
    choices.hidden = false;
    park.focus();
    return true;
  };
  input.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.isComposing) return;
    e.preventDefault();
    e.stopPropagation(); // it goes to no next field of the form
    if (asked) decide(asked, input.value);
  });
  return {
    parts: [choices, why],
    park: () => (asked === "parked" && input.value ? decide(asked, input.value) : ask("parked")),
    close,
  };
}

// A picture with the codes of several people: staff choose whose case it is. Elements: #verdict.
import { byId, h } from "../shared/dom";
import { local, type Sentence } from "../shared/local";
import { word } from "../shared/words";

/** A person among the codes of a picture; one without a name holds a code that cannot be verified. */
export interface Person {
  text: string;
  proof?: string;
  name: string;
  birthDateJa: string;
  insurerName: string;
  headline: Sentence;
}

/**
 * Asks whose case it is. The answer is the code of the chosen person, with the second code that belongs to
 * it.
 */
export function offer(people: Person[], chosen: (texts: string[]) => void): void {
  const buttons = people.map((p) => {
    const b = h(
      "button",
      "button",
      p.name ? `${p.name}（${p.birthDateJa}）` : word("notVerified"),
    ) as HTMLButtonElement;
    b.type = "button";
    b.addEventListener("click", () => chosen(p.proof ? [p.text, p.proof] : [p.text]));
    return h("p", "", b, h("span", "help", [p.insurerName, local(p.headline)].filter(Boolean).join("　")));
  });
  const box = h(
    "div",
    "verdict-box small unsure",
    h("h3", "", word("whose")),
    h("p", "", word("whoseNext")),
    ...buttons,
  );
  box.id = "choose";
  box.tabIndex = -1;
  byId("verdict").replaceChildren(box);
  box.focus();
}

// A picture with the codes of several people: staff choose whose case it is. Elements: #verdict.
import { button } from "../shared/dialog";
import { byId, h } from "../shared/dom";
import { local, type Sentence } from "../shared/local";
import { word } from "../shared/words";
import { box } from "./box";

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
    const name = p.name ? `${p.name}（${p.birthDateJa}）` : word("notVerified");
    const b = button("button", name, () => chosen(p.proof ? [p.text, p.proof] : [p.text]));
    return h("p", "", b, h("span", "help", [p.insurerName, local(p.headline)].filter(Boolean).join("　")));
  });
  const choice = box("unsure", word("whose"), word("whoseNext"), ...buttons);
  choice.id = "choose";
  choice.tabIndex = -1;
  byId("verdict").replaceChildren(choice);
  choice.focus();
}

// What the reception reads on a page in another language: who issued the screen, that the card is needed, and
// how old it is, in Japanese whatever the patient reads. Elements: #for-staff, #card-ja, which pages in
// Japanese do not have.
import japanese from "forstaff:ja";
import { h } from "../shared/dom";
import { sentencesOf } from "../shared/words";

const say = sentencesOf<"forstaff">(japanese);

/** The card sentence as the reception reads it. */
export const cardForStaff = say("card");

const place = document.getElementById("for-staff");
const card = document.getElementById("card-ja");
if (card) card.textContent = cardForStaff;

/** What is said of the code that is shown. */
interface ForStaff {
  insurer: string;
  registeredOn: string;
  age: number; // ms
  kept: boolean; // without network the code is one that this phone kept
  represented: boolean; // this phone is a representative's
}

/** Says it for the code that is shown. */
export function tellStaff(shown: ForStaff): void {
  const { insurer, registeredOn, age, kept, represented } = shown;
  if (!place) return;
  const [, month, day] = registeredOn.split("-").map(Number);
  const made = say(kept ? "fetched" : "made", { d: inJapanese(age) });
  const said = [insurer, made, registeredOn, represented].join();
  if (place.dataset["said"] !== said) {
    place.replaceChildren(
      h("b", "", say(represented ? "represented" : "title")),
      h("span", "", say("issued", { i: insurer })),
      h("span", "", made, h("span", "unbroken", say("registered", { m: month ?? "", d: day ?? "" }))),
      kept ? h("span", "", say("both")) : "",
    );
  }
  place.dataset["said"] = said;
  place.hidden = false;
}

/** Says nothing while no code is shown. */
export function tellStaffNothing(): void {
  if (place) place.hidden = true;
}

function inJapanese(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return say("seconds", { n: seconds });
  return seconds < 7200
    ? say("minutes", { n: Math.floor(seconds / 60) })
    : say("hours", { n: Math.floor(seconds / 3600) });
}

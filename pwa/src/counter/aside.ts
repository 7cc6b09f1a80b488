// Cases that were set aside: what staff close is not lost, it goes on from a list with its reason and ticks.
// The list is this page's; the server has the cases open all the same. Elements: #asides.
import { button, openSheet } from "../shared/dialog";
import { byId, h, setText } from "../shared/dom";
import { word } from "../shared/words";
import type { Case } from "./casedata";

/** A case as it stood. */
export interface Aside {
  of: Case;
  text: string; // by which it was opened
  reason: string;
  ticks: string[];
}

let kept: Aside[] = [];
const most = 50; // older ones are of hours ago

/** Keeps a case to go on with. */
export function setAside(one: Aside): void {
  forget(one.of.id);
  kept = [one, ...kept].slice(0, most);
  draw();
}

/** Returns a case as it was set aside. */
export const keptAside = (id: string): Aside | undefined => kept.find((one) => one.of.id === id);

/** Takes a case off the list: it goes on, or is over. */
export function forget(id: string): void {
  kept = kept.filter((one) => one.of.id !== id);
  draw();
}

function draw(): void {
  byId("asides").hidden = !kept.length;
  setText(byId("asides"), word("asides", { n: kept.length }));
}

/** How staff call a person: by the family's name, which stands first. */
export const called = (c: Case): string =>
  String(c.eligibility?.["name"] ?? c.way?.person ?? "").split(/\s/u)[0] ?? "";

/** Lets staff go on with one of the list. */
export function offerAsides(resume: (one: Aside) => void): void {
  byId("asides").addEventListener("click", () => {
    const rows = kept.map((one) => {
      const name = called(one.of);
      const said = name ? word("asideOne", { n: name }) : word("asideUnknown");
      const birth = String(one.of.eligibility?.["birthDateJa"] ?? "");
      return h("p", "", button("button", birth ? `${said}（${birth}）` : said, () => {
        sheet.close();
        resume(one);
      }));
    });
    const sheet = openSheet("asides-sheet", word("asidesTitle"), h("p", "", word("asidesWhy")), ...rows);
  });
}

// Representatives (代理人): the mark on a representative's phone, and on the person's own the list of them, each
// with a button that ends it. Elements: #represented, #represented-until, #representatives-area,
// #representatives, #representatives-login, #manage-state.
import { call, Problem } from "../shared/api";
import { byId, h, setText } from "../shared/dom";
import { word } from "../shared/words";
import { confirmed } from "./confirm";
import { dayInWords } from "./dayinwords";

/** A representative as the person is told of one. */
interface Representative {
  id: string;
  name: string;
  until: string; // the last day
}

/** What this module has to know of a person. */
export interface Represented {
  id: string;
  representedUntil?: string; // the last day, where this phone is a representative's
  representatives?: Representative[]; // of the person, on the own phone
}

let login = false; // somebody is logged in, and may end one
let changed = (): void => undefined;

/** Binds what the list's buttons need: whether a login may change it, and what asks the server anew. */
export function bindRepresentatives(mayEnd: boolean, whenChanged: () => void): void {
  login = mayEnd;
  changed = whenChanged;
}

/** Marks a representative's phone, or lists those who represent the person. */
export function showRepresentatives(p: Represented): void {
  byId("represented").hidden = !p.representedUntil;
  setText(
    byId("represented-until"),
    p.representedUntil ? word("representedUntil", { d: dayInWords(p.representedUntil, true) }) : "",
  );
  const all = p.representatives ?? [];
  byId("representatives-area").hidden = !all.length;
  byId("representatives-login").hidden = login;
  byId("representatives").replaceChildren(...all.map((one) => line(p, one)));
}

function line(p: Represented, one: Representative): HTMLElement {
  const text = word("representativeLine", { n: one.name, d: dayInWords(one.until, true) });
  if (!login) return h("li", "", text);
  const end = h("button", "link", word("endRepresentativeYes")) as HTMLButtonElement;
  end.type = "button";
  end.setAttribute("aria-label", `${word("endRepresentativeYes")} ${text}`);
  end.addEventListener("click", () => void endOne(p, one));
  return h("li", "", h("span", "", text), end);
}

async function endOne(p: Represented, one: Representative): Promise<void> {
  const n = one.name;
  const sure = await confirmed(
    word("endRepresentativeTitle", { n }),
    word("endRepresentativeText", { n }),
    word("endRepresentativeYes"),
  );
  if (!sure) return;
  try {
    await call("POST", `/api/v1/people/${p.id}/representatives/${one.id}/end`);
    changed();
  } catch (e) {
    setText(byId("manage-state"), e instanceof Problem && e.key ? e.message : word("needsNetwork"));
  }
}

// The phones of this login that show screens by their key. The patient is told of each: a stranger's must be seen, and can be
// ended from here. Elements: #phones, #phones-area, #new-phone.
import { call, Problem } from "../shared/api";
import { timeOfDay } from "../shared/clock";
import { byId, h, say } from "../shared/dom";
import { word } from "../shared/words";
import { confirmed } from "./confirm";
import { addKeys, receiptKey, type Phone } from "./phone";

const newFor = 7 * 24 * 60 * 60 * 1000;

/** Adds this phone after a login; false where that login is too old (phone.login_again). */
export async function introduce(): Promise<boolean> {
  try {
    await addKeys();
    return true;
  } catch (e) {
    if (e instanceof Problem && e.key === "phone.login_again") return false;
    throw e;
  }
}

/** Lists the phones; with a login each has a button that ends it. now is the server's time, changed is called after an end. */
export async function showPhones(phones: Phone[], login: boolean, now: number, changed: () => void): Promise<void> {
  const { id } = await receiptKey();
  byId("phones").replaceChildren(...phones.map((p) => line(p, p.id === id, login, changed)));
  byId("phones-area").hidden = phones.length === 0;
  byId("phones-login").hidden = login;
  const stranger = phones.find((p) => p.id !== id && now - Date.parse(p.addedAt) < newFor);
  byId("new-phone").hidden = !stranger;
  say(byId("new-phone"), stranger ? word("newPhone", { t: dayAndTime(stranger.addedAt) }) : "");
}

function line(p: Phone, own: boolean, login: boolean, changed: () => void): HTMLElement {
  const name = word(own ? "thisPhone" : "otherPhone", { t: dayAndTime(p.addedAt) });
  if (own || !login) return h("li", "", name); // this phone is emptied as a whole (manage.ts), or its login would add it again
  const end = h("button", "link", word("endPhoneYes")) as HTMLButtonElement;
  end.type = "button";
  end.setAttribute("aria-label", `${word("endPhoneYes")} ${name}`);
  end.addEventListener("click", () => void endPhone(p, name, changed));
  return h("li", "", h("span", "", name), end);
}

async function endPhone(p: Phone, name: string, changed: () => void): Promise<void> {
  if (!(await confirmed(word("endPhoneTitle"), word("endPhoneText", { p: name }), word("endPhoneYes")))) return;
  try {
    await call("POST", `/api/v1/phones/${p.id}/end`);
    changed();
  } catch (e) {
    say(byId("manage-state"), e instanceof Problem && e.key ? e.message : word("needsNetwork"));
  }
}

function dayAndTime(at: string): string {
  const [m, d] = new Date(at).toLocaleDateString("ja-JP", { timeZone: "Asia/Tokyo", month: "numeric", day: "numeric" }).split("/");
  return `${word("day", { m: m ?? "", d: d ?? "" })} ${timeOfDay(Date.parse(at), false)}`;
}

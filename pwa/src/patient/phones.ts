// The phones of this login that can show screens without network. The patient is told of each: a stranger's must be seen.
import { call, Problem } from "../shared/api";
import { timeOfDay } from "../shared/clock";
import { byId, h, say } from "../shared/dom";
import { word } from "../shared/words";
import { addHolderKey, receiptKey, type Phone } from "./phone";

const newFor = 7 * 24 * 60 * 60 * 1000;

/** Adds this phone, says what the patient has to know, and reports whether it may show screens without network. */
export async function introduce(now: () => number): Promise<boolean> {
  const { id } = await receiptKey();
  let phones: Phone[];
  let added = true;
  try {
    phones = await addHolderKey();
  } catch (e) {
    if (!(e instanceof Problem && e.key === "phone.login_again")) throw e;
    added = false;
    ({ phones } = await call<{ phones: Phone[] }>("GET", "/api/v1/me"));
  }
  byId("login-again").hidden = added;
  byId("phones").replaceChildren(...phones.map((p) => h("li", "", word(p.id === id ? "thisPhone" : "otherPhone", { t: dayAndTime(p.addedAt) }))));
  byId("phones-area").hidden = phones.length === 0;
  const stranger = phones.find((p) => p.id !== id && now() - Date.parse(p.addedAt) < newFor);
  byId("new-phone").hidden = !stranger;
  say(byId("new-phone"), stranger ? word("newPhone", { t: dayAndTime(stranger.addedAt) }) : "");
  return added;
}

function dayAndTime(at: string): string {
  const [m, d] = new Date(at).toLocaleDateString("ja-JP", { timeZone: "Asia/Tokyo", month: "numeric", day: "numeric" }).split("/");
  return `${word("day", { m: m ?? "", d: d ?? "" })} ${timeOfDay(Date.parse(at), false)}`;
}

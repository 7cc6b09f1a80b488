// The devices of this login that show screens by their key. The patient is told of each: a stranger's must be
// seen, and can be ended from here. Elements: #phones, #phones-area, #new-phone.
import { call, Problem } from "../shared/api";
import { timeOfDay } from "../shared/clock";
import { byId, h, setText } from "../shared/dom";
import { word } from "../shared/words";
import { signNonce } from "./access";
import { confirmed } from "./confirm";
import { deviceKey, receiptKey } from "./devicekeys";

/** A device that shows screens by its key. */
export interface Device {
  id: string;
  addedAt: string;
  loginBy: string;
  kind?: "android" | "iphone" | "tablet" | "computer";
}

const readAway = "new-phone-read"; // the device whose notice was read
const newFor = 7 * 24 * 60 * 60 * 1000;

/** Adds this device after a login; false where that login is too old (phone.login_again). */
export async function addThisDevice(): Promise<boolean> {
  try {
    await addKeys();
    return true;
  } catch (e) {
    if (e instanceof Problem && e.key === "phone.login_again") return false;
    throw e;
  }
}

/**
 * Adds this device's keys to the login. New keys need a recent login (phone.login_again), and the device key
 * its own signature.
 */
async function addKeys(): Promise<void> {
  const [receipt, device] = await Promise.all([receiptKey(), deviceKey()]);
  const proof = await signNonce(device, "add", receipt.id);
  const key = { kty: "EC", crv: "P-256", x: device.x, y: device.y };
  await call("PUT", "/api/v1/phone/holder", { id: receipt.id, key, ...proof });
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", receipt.pair.publicKey);
  await call("PUT", "/api/v1/phone", { id: receipt.id, key: { kty, crv, x, y } });
}

/** What the list of devices is drawn from. */
interface DeviceList {
  devices: Device[];
  login: boolean; // with a login each device has a button that ends it
  now: number; // the server's time
  changed: () => void; // called after a device was ended
}

/** Lists the devices, and warns of one that was added lately and is not this one. */
export async function showDevices({ devices, login, now, changed }: DeviceList): Promise<void> {
  const { id } = await receiptKey();
  byId("phones").replaceChildren(...devices.map((d) => deviceLine(d, d.id === id, login, changed)));
  byId("phones-area").hidden = devices.length === 0;
  byId("phones-login").hidden = login;
  const stranger = devices.find((d) => d.id !== id && now - Date.parse(d.addedAt) < newFor);
  byId("new-phone").hidden = !stranger || wasRead(stranger);
  if (!stranger) return;
  const text = word("newPhone", { t: dayOf(stranger.addedAt), k: kindOf(stranger) });
  setText(byId("new-phone-text"), text);
  byId("new-phone-read").onclick = () => {
    byId("new-phone").hidden = true;
    localStorage.setItem(readAway, stranger.id);
  };
}

function wasRead(d: Device): boolean {
  try {
    return localStorage.getItem(readAway) === d.id;
  } catch {
    return false; // a browser that keeps nothing shows it at each visit
  }
}

function deviceLine(d: Device, own: boolean, login: boolean, changed: () => void): HTMLElement {
  const when = `${dayOf(d.addedAt)} ${timeOfDay(Date.parse(d.addedAt), false)}`;
  const name = word(own ? "thisPhone" : "otherPhone", { t: when, k: kindOf(d) });
  // This device is emptied as a whole (manage.ts), or its login would add it again.
  if (own || !login) return h("li", "", name);
  const end = h("button", "link", word("endPhoneYes")) as HTMLButtonElement;
  end.type = "button";
  end.setAttribute("aria-label", `${word("endPhoneYes")} ${name}`);
  end.addEventListener("click", () => void endDevice(d, name, changed));
  return h("li", "", h("span", "", name), end);
}

async function endDevice(d: Device, name: string, changed: () => void): Promise<void> {
  if (!(await confirmed(word("endPhoneTitle"), word("endPhoneText", { p: name }), word("endPhoneYes")))) {
    return;
  }
  try {
    await call("POST", `/api/v1/phones/${d.id}/end`);
    changed();
  } catch (e) {
    setText(byId("manage-state"), e instanceof Problem && e.key ? e.message : word("needsNetwork"));
  }
}

function kindOf(d: Device): string {
  const kinds = {
    android: "deviceAndroid",
    iphone: "deviceIphone",
    tablet: "deviceTablet",
    computer: "deviceComputer",
  } as const;
  return word(d.kind ? kinds[d.kind] : "deviceOther");
}

function dayOf(at: string): string {
  const form: Intl.DateTimeFormatOptions = { timeZone: "Asia/Tokyo", month: "numeric", day: "numeric" };
  const [m, d] = new Date(at).toLocaleDateString("ja-JP", form).split("/");
  return word("day", { m: m ?? "", d: d ?? "" });
}

// What counters left for this phone: sealed to its own key, which never leaves it, and signed
// (receiptword.ts). Those of the person who is shown stand below the code, the newest, and with their day
// among the details: who was where is each one's own. Elements: #receipts, #seen, #seen-area.
import { decode, utf8 } from "../shared/base64url";
import { timeOfDay } from "../shared/clock";
import { byId, h } from "../shared/dom";
import { word } from "../shared/words";
import { ask } from "./access";
import { receiptKey, type ReceiptKey } from "./devicekeys";
import { readReceipt, type Receipt } from "./receiptword";

const outcomes = { accepted: "outcomeAccepted", refused: "outcomeRefused", parked: "outcomeParked" } as const;
const grounds = { chip: "byChip", eye: "byEye", reason: "byReason" } as const;

const justNow = 12 * 60 * 60 * 1000; // a day at a clinic
const pollEvery = 5_000;

let opened: { person: string; receipt: Receipt }[] = [];
let drawn = "";

/**
 * Shows receipts from now on, looking every five seconds while the page is seen and somebody is shown. now
 * tells the server's time.
 */
export async function watchReceipts(person: () => string, now: () => number): Promise<void> {
  for (;;) {
    if (document.visibilityState === "visible" && person()) {
      try {
        await fetchReceipts(await receiptKey());
        showReceipts(person(), now());
      } catch {
        // no network: the next round will tell
      }
    }
    await new Promise((later) => setTimeout(later, pollEvery));
  }
}

async function fetchReceipts(key: ReceiptKey): Promise<void> {
  const { receipts } = await ask<{ receipts: { person: string; at: string; sealed: string }[] }>(
    "GET",
    `/api/v1/receipts?key=${encodeURIComponent(key.id)}`,
  );
  const all = receipts.map(async ({ person, at, sealed }) => {
    const text = await open(key, decode(sealed)).catch(() => null); // for a key that this phone had before
    return text === null ? null : { person, receipt: await readReceipt(text, key, at) };
  });
  opened = (await Promise.all(all)).filter((one) => one !== null);
}

/**
 * Shows a person's receipts, as far as they are known; nobody's for nobody. at is the server's time: they
 * bear that.
 */
export function showReceipts(person: string, at: number): void {
  const own = opened.filter((one) => one.person === person).map((one) => one.receipt);
  const justChecked = own
    .filter((r) => r.sure && r.outcome === "accepted" && at - Date.parse(r.at) < justNow)
    .slice(0, 3);
  const now = JSON.stringify([justChecked, own]);
  if (now === drawn) return; // screen readers are not told twice
  drawn = now;
  byId("receipts").replaceChildren(
    ...justChecked.map((r) =>
      h("p", "", word("checked", { t: timeOfDay(Date.parse(r.at), false), f: r.facility })),
    ),
  );
  byId("seen-area").hidden = own.length === 0;
  byId("seen").replaceChildren(...own.map(seen));
}

/**
 * One line of the list: when, who, what came of it and on what. Of a receipt that nobody vouches for it says
 * so, and what it says of itself.
 */
function seen({ at, facility, outcome, ground, sure }: Receipt): HTMLElement {
  const when = Date.parse(at);
  const day = new Date(when).toLocaleDateString(document.documentElement.lang || "ja", {
    timeZone: "Asia/Tokyo",
    month: "long",
    day: "numeric",
    weekday: "short",
  });
  const time = h("time", "", `${day} ${timeOfDay(when, false)}`) as HTMLTimeElement;
  time.dateTime = at;
  const said = outcome in outcomes ? word(outcomes[outcome as keyof typeof outcomes]) : "";
  const how = sure && ground in grounds ? word(grounds[ground as keyof typeof grounds]) : "";
  const who = sure
    ? facility
    : [word("receiptUnsure"), facility ? word("receiptSays", { f: facility }) : ""].filter(Boolean).join(" ");
  return h(
    "li",
    sure ? "" : "unsure",
    time,
    h("span", "", who),
    ...[said, how].filter(Boolean).map((text) => h("span", "help", ` ${text}`)),
  );
}

/**
 * Opens a receipt to its text: ephemeral key (65 bytes), then AES-256-GCM under HKDF-SHA-256 of the ECDH
 * secret.
 */
async function open(key: ReceiptKey, sealed: Uint8Array<ArrayBuffer>): Promise<string> {
  const ephemeral = sealed.slice(0, 65);
  const theirs = await crypto.subtle.importKey(
    "raw",
    ephemeral,
    { name: "ECDH", namedCurve: "P-256" },
    false,
    [],
  );
  const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, key.pair.privateKey, 256);
  const salt = new Uint8Array(130);
  salt.set(ephemeral);
  salt.set(key.raw, 65);
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const aes = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info: utf8("madoguchi-receipt-1") },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["decrypt"],
  );
  const text = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: new Uint8Array(12) },
    aes,
    sealed.slice(65),
  );
  return new TextDecoder().decode(text);
}

// What counters left for this phone: sealed to its own key, which never leaves it.
import { call } from "../shared/api";
import { h } from "../shared/dom";
import { word } from "../shared/words";

interface PhoneKey {
  id: string;
  pair: CryptoKeyPair;
  raw: Uint8Array<ArrayBuffer>; // public, 65 bytes
}

interface Receipt {
  facility: string;
  at: string;
  outcome: string;
}

const pollEvery = 5_000;

/** Shows receipts in the element from now on, looking every five seconds while the page is seen. */
export async function watchReceipts(place: HTMLElement): Promise<void> {
  const key = await phoneKey();
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key.pair.publicKey);
  await call("PUT", "/api/v1/phone", { id: key.id, key: { kty, crv, x, y } });
  for (;;) {
    if (document.visibilityState === "visible") {
      try {
        await look(place, key);
      } catch {
        // no network: the next look will tell
      }
    }
    await new Promise((later) => setTimeout(later, pollEvery));
  }
}

async function look(place: HTMLElement, key: PhoneKey): Promise<void> {
  const { receipts } = await call<{ receipts: { sealed: string }[] }>("GET", `/api/v1/receipts?key=${encodeURIComponent(key.id)}`);
  const lines: string[] = [];
  for (const { sealed } of receipts.slice(0, 3)) {
    const r = await open(key, bytes(sealed));
    if (r.outcome !== "accepted") continue;
    const time = new Date(r.at).toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", hour12: false });
    lines.push(word("checked", { t: time, f: r.facility }));
  }
  if (lines.join() !== [...place.children].map((p) => p.textContent).join()) place.replaceChildren(...lines.map((l) => h("p", "", l)));
}

/** Opens a receipt: ephemeral key (65 bytes), then AES-256-GCM under HKDF-SHA-256 of the ECDH secret. */
async function open(key: PhoneKey, sealed: Uint8Array<ArrayBuffer>): Promise<Receipt> {
  const ephemeral = sealed.slice(0, 65);
  const theirs = await crypto.subtle.importKey("raw", ephemeral, { name: "ECDH", namedCurve: "P-256" }, false, []);
  const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, key.pair.privateKey, 256);
  const salt = new Uint8Array(130);
  salt.set(ephemeral);
  salt.set(key.raw, 65);
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("madoguchi-receipt-1");
  const aes = await crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt, info }, base, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, aes, sealed.slice(65));
  return JSON.parse(new TextDecoder().decode(text)) as Receipt;
}

/** Returns this phone's key, made on the first call; its private half cannot be exported. */
async function phoneKey(): Promise<PhoneKey> {
  const db = await openDatabase();
  const kept = await wait<PhoneKey | undefined>(db.transaction("keys").objectStore("keys").get("receipts"));
  if (kept) return kept;
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", raw));
  const key: PhoneKey = { id: btoa(String.fromCharCode(...digest)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""), pair, raw };
  await wait(db.transaction("keys", "readwrite").objectStore("keys").put(key, "receipts"));
  return key;
}

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open("madoguchi", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
  return wait(opening);
}

function wait<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

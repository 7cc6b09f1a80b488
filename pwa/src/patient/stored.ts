// The screens for the time without network: fetched while there is one, sealed on this phone.
import { call } from "../shared/api";
import { utf8 } from "../shared/base64url";
import { keep, read, remove, write } from "../shared/database";
import { receiptKey } from "./phone";
import type { Screen } from "./screen";

interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

const goodFor = 12 * 60 * 60 * 1000; // half of a stored screen's life: a night without network does not end it

/** Returns the person's stored screen; undefined where there is none or it cannot be opened any more. */
export async function openStored(person: string): Promise<Screen | undefined> {
  try {
    const sealed = await read<Sealed>("screens", person);
    if (!sealed) return undefined;
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv, additionalData: utf8(person) }, await sealingKey(), sealed.data);
    return JSON.parse(new TextDecoder().decode(text)) as Screen;
  } catch {
    return undefined; // the browser dropped the key or refuses to keep anything: as if nothing had been stored
  }
}

/**
 * Fetches a new screen for later when the stored one is old, missing, or says something else than the live one that the server
 * just gave. now is the server's time.
 */
export async function refreshStored(person: string, now: number, live?: Screen): Promise<void> {
  const kept = await openStored(person);
  if (kept && now - Date.parse(kept.issuedAt) < goodFor && (!live || same(kept, live))) return;
  const { id } = await receiptKey();
  const made = await call<Screen>("POST", `/api/v1/people/${person}/credential`, { tier: "screen", phone: id });
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(person) }, await sealingKey(), utf8(JSON.stringify(made)));
  await write("screens", person, { iv, data } satisfies Sealed);
}

export async function forgetStored(person: string): Promise<void> {
  await remove("screens", person);
}

function same(a: Screen, b: Screen): boolean {
  return a.registeredOn === b.registeredOn && JSON.stringify(a.details) === JSON.stringify(b.details);
}

function sealingKey(): Promise<CryptoKey> {
  return keep("keys", "sealing", () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]));
}

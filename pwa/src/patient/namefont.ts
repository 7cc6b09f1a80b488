// The font of a person's names: a few kilobytes with just their shapes, for phones whose own fonts lack a kanji or its variant. It
// is kept sealed as the screen is, so that the name is right without network too.
import { encode, utf8 } from "../shared/base64url";
import { keep, read, write } from "../shared/database";
import { byId } from "../shared/dom";
import { shownScreen, type Screen } from "./screen";

interface Sealed {
  of: string; // hash of the texts that it was cut for
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

/** The loaded family of each person: two people of one phone must not be drawn with each other's. */
const families = new Map<string, { of: string; name: string }>();

/** Where the database keeps a person's font, among the screens. */
export const fontRecord = (person: string): string => `${person}/font`;

/** Draws a person's names with their own font. */
export async function useNameFont(person: string, screen: Screen): Promise<void> {
  const d = screen.details;
  const texts = JSON.stringify([d["name"], d["kana"], d["alias"], d["subscriberName"], d["insurerName"], d["address"]]);
  const of = encode(await crypto.subtle.digest("SHA-256", utf8(texts)));
  let family = families.get(person);
  if (family?.of !== of) {
    const data = (await unsealed(person, of)) ?? (await fetched(person, of));
    if (!data) return;
    family = { of, name: `Name ${of}` };
    document.fonts.add(await new FontFace(family.name, data, { weight: "400 700" }).load()); // no false bold of a fine stroke
    families.set(person, family);
  }
  const drawn = [...document.querySelectorAll<HTMLElement>(".tile")].filter((tile) => tile.dataset["person"] === person);
  if (shownScreen()?.person === person) drawn.push(byId("screen"));
  for (const e of drawn) e.style.setProperty("--name-font", JSON.stringify(family.name));
}

async function fetched(person: string, of: string): Promise<ArrayBuffer | null> {
  const answer = await fetch(`/people/${person}/name.ttf`, { cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(8_000) });
  if (answer.status !== 200) return null;
  const data = await answer.arrayBuffer();
  try {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(fontRecord(person)) }, await sealingKey(), data);
    await write("screens", fontRecord(person), { of, iv, data: sealed } satisfies Sealed);
  } catch {
    // a browser that keeps nothing draws the name all the same
  }
  return data;
}

async function unsealed(person: string, of: string): Promise<ArrayBuffer | null> {
  try {
    const kept = await read<Sealed>("screens", fontRecord(person));
    if (kept?.of !== of) return null;
    return await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv, additionalData: utf8(fontRecord(person)) }, await sealingKey(), kept.data);
  } catch {
    return null;
  }
}

function sealingKey(): Promise<CryptoKey> {
  return keep("keys", "sealing", () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]));
}

// The font of a person's names: a few kilobytes with just their shapes, for phones whose own fonts lack a
// kanji or its variant. It is kept sealed as the screen is, so that the name is right without network too.
import { fetchFile } from "../shared/api";
import { encode, utf8 } from "../shared/base64url";
import { byId } from "../shared/dom";
import { shownKana, type Screen } from "./screen";
import { openSealed, seal } from "./sealed";

/** The loaded family of each person: two people of one phone must not be drawn with each other's. */
const families = new Map<string, { of: string; name: string }>();

/** Which names of each person are to be drawn: a font that comes late for earlier ones is nobody's. */
const wanted = new Map<string, string>();

/**
 * Draws a person's names with their own font, and reports whether there is one. It rejects where the font
 * cannot be had or the browser refuses it. Of the screens of a person the one that is shown counts: what
 * was asked for first may come here last, and be ready last.
 */
export async function useNameFont(person: string, screen: Screen, isShown: () => boolean): Promise<boolean> {
  const d = screen.details;
  const texts = (d.rareTexts ?? []).map((of) => (of === "kana" ? shownKana(d["kana"]) : (d[of] ?? "")));
  const names = JSON.stringify(texts);
  if (isShown()) wanted.set(person, names);
  const of = encode(await crypto.subtle.digest("SHA-256", utf8(names)));
  let family = families.get(person);
  if (family?.of !== of) {
    const kept = await unsealed(person, of);
    const data = kept ?? (await fetched(person));
    if (!data) return false;
    family = { of, name: `Name ${of}` };
    // No false bold of a fine stroke.
    document.fonts.add(await new FontFace(family.name, data, { weight: "400 700" }).load());
    if ((wanted.get(person) ?? names) !== names) return true;
    families.set(person, family);
    if (!kept) void keep(person, of, data);
  }
  const tiles = [...document.querySelectorAll<HTMLElement>(".tile")];
  const drawn = tiles.filter((tile) => tile.dataset["person"] === person);
  if (isShown()) drawn.push(byId("screen"));
  for (const e of drawn) {
    e.style.setProperty("--name-font", JSON.stringify(family.name));
    for (const place of e.querySelectorAll(".holder, .kana, dd, .tile > *")) {
      // Others would have but some characters of it: typefaces never mix within a name.
      place.classList.toggle("of-name-font", texts.includes(place.textContent));
    }
  }
  return true;
}

async function keep(person: string, of: string, data: BufferSource): Promise<void> {
  const whole = new Uint8Array(await new Blob([of, data]).arrayBuffer());
  await seal("fonts", person, whole).catch(() => undefined); // a browser that keeps nothing
}

async function fetched(person: string): Promise<ArrayBuffer | null> {
  const answer = await fetchFile(`/people/${person}/name.ttf`, 8_000);
  return answer.status === 200 ? answer.arrayBuffer() : null;
}

/** Returns the kept font, if it was cut for these texts: the hash of 43 characters stands before it. */
async function unsealed(person: string, of: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const kept = await openSealed("fonts", person);
  return kept && new TextDecoder().decode(kept.subarray(0, of.length)) === of ? kept.slice(of.length) : null;
}

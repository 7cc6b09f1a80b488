// Whom this phone shows: the server's word while there is network, the sealed list without.
import { closeByBack } from "../shared/back";
import { byId, h, setText, textOf } from "../shared/dom";
import { word } from "../shared/words";
import { ask, authenticateDevice } from "./access";
import { showName } from "./details";
import type { Device } from "./devices";
import { showRepresentatives, type Represented } from "./representatives";
import { shownKana } from "./screen";
import { openJson, sealJson } from "./sealed";

export interface Person extends Represented {
  name: string;
  kana: string;
  loginBy?: string; // until then this phone's key is enough
  insurer: { name: string; number: string; telephone: string };
}

/** What the server says of this phone and its people (GET /api/v1/me). */
export interface Me {
  people: Person[];
  lapsed: string[];
  phones: Device[];
  login: boolean;
  device: boolean;
  serverTime: string;
}

/** Asks whom this phone shows. Where the server does not know who asks, this phone's key says it first. */
export async function askMe(patience?: number): Promise<Me> {
  const me = await ask<Me>("GET", "/api/v1/me", undefined, patience);
  if (me.login || me.device) return me;
  await authenticateDevice(patience);
  return ask<Me>("GET", "/api/v1/me", undefined, patience);
}

export async function storedPeople(): Promise<Person[]> {
  return (await openJson<Person[]>("people", "all")) ?? [];
}

export async function storePeople(people: Person[]): Promise<void> {
  if (JSON.stringify(people) !== JSON.stringify(await storedPeople())) {
    await sealJson("people", "all", people);
  }
}

const untitled = document.title.split("｜")[0] ?? ""; // what the page is, as long as it shows nobody

/** Binds the list of whom this phone shows: it lies over the page, so that the code stays where it is. */
export function bindFamily(): void {
  const list = byId<HTMLDialogElement>("family");
  byId("family-open").addEventListener("click", () => {
    list.showModal();
    closeByBack(list);
    list.querySelector<HTMLElement>("[aria-pressed=true]")?.focus();
  });
  byId("family-close").addEventListener("click", () => list.close());
}

/** Draws one tile a person, where there are several. */
export function showTiles(people: Person[], current: string, turnTo: (person: Person) => void): void {
  const tiles = people.map((p) => {
    const words = [h("span", "", shownKana(p.kana)), h("b", "", p.name)];
    const tile = h("button", "tile", ...words) as HTMLButtonElement;
    tile.type = "button";
    tile.dataset["person"] = p.id;
    tile.setAttribute("aria-pressed", String(p.id === current));
    tile.addEventListener("click", () => {
      byId<HTMLDialogElement>("family").close();
      turnTo(p);
    });
    return tile;
  });
  byId("tiles").replaceChildren(...tiles);
  byId("family-open").hidden = people.length < 2;
  setText(byId("family-open"), word("familyOpen", { n: people.length }));
}

/** Names the person and the insurer on the page. */
export function showPerson(p: Person): void {
  showName(p.name);
  setText(byId("holder-kana"), shownKana(p.kana));
  showRepresentatives(p);
  byId("issued").hidden = false;
  setText(byId("issuer-name"), p.insurer.name);
  document.title = `${untitled} ${textOf(byId("issued"))}`;
  byId("help").hidden = !p.insurer.telephone;
  setText(byId("help-insurer"), p.insurer.name);
  setText(byId("help-telephone"), p.insurer.telephone);
  byId<HTMLAnchorElement>("help-telephone").href = `tel:${p.insurer.telephone}`;
}

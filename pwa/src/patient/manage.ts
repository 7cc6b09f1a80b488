// What a patient may take away: one person from this phone, everything from this phone, their data at the
// insurer's Madoguchi. Elements: #remove-person, #wipe, #erase, #manage-state.
import { call, Problem } from "../shared/api";
import { wipe } from "../shared/database";
import { byId, h, setText } from "../shared/dom";
import { inTurn } from "../shared/inturn";
import { word } from "../shared/words";
import { ask, identifyDevice } from "./access";
import { confirmed } from "./confirm";
import type { Person } from "./people";
import { forget } from "./sealed";

/** What the page lets this module know and do. */
interface Page {
  current(): Person | undefined;
  family(): Person[];
  changed(why: string): void; // whom this phone shows has to be asked anew, after what the patient did
  stop(): void; // nothing is shown or asked any more
}

export function bindManage(page: Page): void {
  byId("remove-person").addEventListener("click", () => void removePerson(page));
  byId("wipe").addEventListener("click", () => void wipeAll(page));
  byId("erase").addEventListener("click", () => void erase(page));
}

async function removePerson(page: Page): Promise<void> {
  const person = page.current();
  if (!person) return;
  const n = person.name;
  if (!(await confirmed(word("removeTitle", { n }), word("removeText", { n }), word("removeYes")))) return;
  try {
    await identifyDevice(8_000); // a login alone would not take the person off the phone's key
    await ask("POST", `/api/v1/people/${person.id}/remove`);
    await forget(person.id);
    done(page, word("removed", { n }));
  } catch (e) {
    sayWhy(e);
  }
}

async function erase(page: Page): Promise<void> {
  if (!(await confirmed(word("eraseTitle"), word("eraseText"), word("eraseYes")))) return;
  try {
    await call("POST", "/api/v1/me/erase");
    done(page, word("erased"));
    byId("empty-login").hidden = true; // a login finds nobody now
  } catch (e) {
    sayWhy(e);
    byId("erase-login").hidden = !(e instanceof Problem && e.key === "login.not_fresh");
  }
}

/** Works without network too: then only the insurer is not told. */
async function wipeAll(page: Page): Promise<void> {
  const names = page.family().map((p) => p.name).join("、");
  if (!(await confirmed(word("wipeTitle"), word("wipeText", { n: names }), word("wipeYes")))) return;
  page.stop();
  byId("main").replaceChildren(h("h1", "", word("wiping"))); // a weak signal may take its time
  const told = await identifyDevice(8_000).then(
    () => true,
    () => false,
  ); // so that the server knows which phone it is
  const ended = await call("POST", "/api/v1/phone/wipe", undefined, 8_000).then(
    () => true,
    () => false,
  );
  await Promise.allSettled([wipe(), dropShell()]);
  byId("main").replaceChildren(h("h1", "", word(told && ended ? "wiped" : "wipedAway")));
}

async function dropShell(): Promise<void> {
  await inTurn(async () => {
    for (const name of await caches.keys()) await caches.delete(name);
  });
  for (const worker of (await navigator.serviceWorker?.getRegistrations()) ?? []) await worker.unregister();
}

function done(page: Page, what: string): void {
  setText(byId("manage-state"), what);
  page.changed(what);
}

function sayWhy(e: unknown): void {
  setText(byId("manage-state"), e instanceof Problem && e.key ? e.message : word("needsNetwork"));
}

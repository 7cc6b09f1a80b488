// The facility's parked cases, also those of earlier days: a list from which anybody goes on with one. It
// stays in the list until it is settled, so closing it loses nothing; the same person's screen may be scanned
// anew. Elements: #parked-open, #parked-note, #p-parked, #scan-again, #scan, #scan-text.
import { call } from "../shared/api";
import { button, openSheet } from "../shared/dialog";
import { byId, h, setText } from "../shared/dom";
import { local, type Sentence } from "../shared/local";
import { word } from "../shared/words";
import { keptAside } from "./aside";
import type { Case } from "./casedata";
import { atHand, onCase } from "./current";
import { goOnWith, takeCase } from "./hand";
import { isProof } from "./second";
import { onTextsFirst } from "./takers";
import { act, answered, bound, giveUp, stopWaiting } from "./turn";
import { isCredential } from "./typed";
import { openWayCase } from "./wayforms";

interface Waiting {
  id: string;
  name: string;
  birthDateJa: string;
  patientNumber: string;
  reason: string;
  staff: string;
  when: Sentence;
  earlierDay: boolean;
  takenUpBy?: string;
}

/** Goes on with a parked case; the one at hand is set aside. */
async function takeUp(id: string): Promise<void> {
  const c = await answered(call<Case>("POST", `/api/v1/counter/cases/${id}/take-up`));
  if (c.way) return openWayCase(c);
  takeCase(c, keptAside(id)); // with what was typed when it was set aside on this page
}

function row(one: Waiting, take: () => void): HTMLElement {
  const name = one.name || word("parkedNoName");
  const go = button("button waiting", "", take);
  go.append(
    h("b", "", one.birthDateJa ? `${name}（${one.birthDateJa}）` : name),
    h("span", "", one.patientNumber ? word("parkedNumber", { n: one.patientNumber }) : ""),
    h("span", "", `${local(one.when)}・${one.staff}：${one.reason}`),
  );
  if (one.takenUpBy) go.append(h("span", "attention", word("parkedTaken", { s: one.takenUpBy })));
  return h("li", one.earlierDay ? "earlier" : "", go);
}

async function list(): Promise<void> {
  const { parked } = await answered(call<{ parked: Waiting[] }>("GET", "/api/v1/counter/parked"));
  const rows = (some: Waiting[]): HTMLElement =>
    h("ul", "parked-list", ...some.map((one) => row(one, () => {
      if (bound()) return;
      sheet.close();
      giveUp();
      stopWaiting();
      void act(() => takeUp(one.id));
    })));
  const today = parked.filter((one) => !one.earlierDay);
  const earlier = parked.filter((one) => one.earlierDay);
  const parts: HTMLElement[] = [h("p", "", word(parked.length ? "parkedWhy" : "parkedNone"))];
  if (earlier.length) parts.push(h("h3", "", word("parkedEarlier")), rows(earlier));
  if (today.length) parts.push(h("h3", "", word("parkedToday")), rows(today));
  const sheet = openSheet("parked-sheet", word("parkedTitle", { n: parked.length }), ...parts);
  const ways = [...sheet.querySelectorAll<HTMLButtonElement>(".waiting")];
  ways[0]?.focus();
  sheet.addEventListener("keydown", (e) => {
    const at = ways.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step === undefined) return;
    e.preventDefault();
    ways[Math.min(Math.max(at + step, 0), ways.length - 1)]?.focus();
  });
}

/** Opens the list. */
export const openParked = (): void => void act(list);

/** Says of what time a case is that was parked, and lets its person's screen be scanned anew. */
export function watchParked(): void {
  byId("parked-open").addEventListener("click", openParked);
  onCase((c) => {
    byId("parked-note").hidden = !c?.parked;
    setText(byId("p-parked"), c?.parked ? local(c.parked) : "");
  });
  byId("scan-again").addEventListener("click", () => {
    byId("scan").hidden = false;
    byId("scan-text").focus();
  });
  onTextsFirst((texts) => {
    const c = atHand();
    const screens = texts.filter((t) => !isProof(t) && t.trim());
    const text = screens.find(isCredential) ?? screens[0];
    if (!c?.parked || !text) return null; // a second code is its screen's
    return async () => goOnWith(
      await answered(call<Case>("POST", `/api/v1/counter/cases/${c.id}/scan`, { text })),
    );
  });
}

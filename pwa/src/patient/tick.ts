// Once a second: the clock, the age in words, the bar, and an end to what is too old to be accepted.
// Elements: #clock, #phone-clock, #bar, #bar-area, #number-open, #age, #state.
import { clockWords, span, timeOfDay } from "../shared/clock";
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";
import { showCard } from "./codes";
import { tellStaff, tellStaffNothing } from "./forstaff";
import { tickOffline } from "./offline";
import { fallBack, isAsking, renew, retryEvery } from "./renewal";
import type { Screen } from "./screen";
import {
  currentPerson,
  isOver,
  isWiped,
  liveScreen,
  page,
  serverNow,
  situation,
  storedScreen,
} from "./situation";

const liveFor = 90_000; // ms that counters accept a live code

/** Brings the page up to date. */
export function tick(): void {
  if (isWiped()) return;
  const now = serverNow();
  setText(byId("clock"), timeOfDay(now, true));
  const wrong = clockWords(situation.clockOffset, "phone");
  byId("phone-clock").hidden = !wrong;
  setText(byId("phone-clock"), wrong);
  const live = liveScreen();
  byId("bar-area").hidden = !live?.fitsQr;
  byId("number-open").hidden = !live;
  const stored = storedScreen();
  if (stored && isOver(stored)) void fallBack(situation.away || "network");
  tickOffline(now);
  tellReception(now);
  if (live) tickLive(live, now);
}

/** Tells the reception in Japanese what is shown, on a page in another language. */
function tellReception(now: number): void {
  const shown = page.screen;
  if (!shown || isOver(shown)) return tellStaffNothing();
  const age = now - Date.parse(shown.issuedAt);
  const person = currentPerson();
  tellStaff({
    insurer: person?.insurer.name ?? "",
    registeredOn: shown.registeredOn,
    age,
    kept: page.state !== "Live",
    represented: Boolean(person?.representedUntil),
  });
}

function tickLive(live: Screen, now: number): void {
  const age = Math.max(0, now - Date.parse(live.issuedAt), performance.now() - situation.liveSince);
  const lost = situation.away && age > 45_000 ? ` ・ ${word("offline", { n: retryEvery / 1000 })}` : "";
  setText(byId("age"), (live.fitsQr ? word("madeAgo", { d: span(age) }) : "") + lost);
  byId("bar").style.transform = `scaleX(${Math.max(0, 1 - age / liveFor)})`;
  if (!isOver(live)) return;
  showCard(null);
  setText(byId("state"), word("tooOld"));
  if (situation.away) void fallBack(situation.away);
  else if (!isAsking()) void renew(); // the device slept: its timers are late
}

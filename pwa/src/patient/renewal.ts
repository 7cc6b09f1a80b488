// Keeps a code on the page: a live one, made anew every 30 seconds; when that cannot be renewed, the stored
// one with this device's proof; when that is too old, the copy (PDF). The page goes from one to the other by
// itself (states.ts).
import { Problem, unreachable } from "../shared/api";
import { measure } from "../shared/clock";
import { word } from "../shared/words";
import { ask } from "./access";
import { deviceKey } from "./devicekeys";
import { keepForLater } from "./keepforlater";
import { askForLogin } from "./loginneeded";
import type { Away } from "./offline";
import { linkCopy } from "./savedcopy";
import type { Screen } from "./screen";
import { forget } from "./sealed";
import { showCopy, showDenied, showLive, showStored } from "./show";
import { isOver, isWiped, liveIsGood, page, serverNow, situation, storedIsGood } from "./situation";
import { openStored } from "./stored";

const renewEvery = 30_000; // ms: docs/facts/smart-health-card.md#tiers
export const retryEvery = 5_000;
export const patience = 8_000; // a weak signal may swallow a request without a word
const soon = 900; // so long a patient looks at nothing while the first answer is on its way

/** What a renewal needs of the module that knows whom this device shows (family.ts). */
interface Family {
  askWhoIsShown(): Promise<void>;
  forgetEverybody(): Promise<void>;
}

let family: Family;
let timer = 0;
let asking = false; // a request for a live code is on its way
let tick = (): void => undefined;

/** Binds what a renewal calls: after each answer the page is brought up to date. */
export function bindRenewal(of: Family, everySecond: () => void): void {
  family = of;
  tick = everySecond;
}

/** Reports whether a request for a live code is on its way. */
export const isAsking = (): boolean => asking;

/** Ends the wait for the next renewal. */
export function pauseRenewal(): void {
  clearTimeout(timer);
}

/** Asks for a new code, draws it, and comes back in 30 s; after a failure in 5. */
export async function renew(): Promise<void> {
  clearTimeout(timer);
  if (isWiped() || !situation.person) return;
  const asked = situation.person;
  let next = renewEvery;
  asking = true;
  const impatient = window.setTimeout(() => void fallBack("network", true), soon);
  try {
    const began = Date.now();
    const path = `/api/v1/people/${asked}/credential`;
    const made = await ask<Screen>("POST", path, { tier: "live" }, patience);
    if (asked !== situation.person || isWiped()) return;
    situation.clockOffset = measure(began, made.serverTime);
    showLive(made);
    void keepForLater(asked, made);
    if (situation.familyUnasked) void family.askWhoIsShown();
  } catch (e) {
    if (asked !== situation.person || isWiped()) return;
    next = retryEvery;
    if (unreachable(e)) {
      situation.away = "network";
      await fallBack(situation.away);
    } else if (e instanceof Problem) {
      next = (await handleRefusal(e)) ? retryEvery : 0;
    }
  } finally {
    clearTimeout(impatient);
  }
  asking = false;
  clearTimeout(timer);
  if (next) timer = window.setTimeout(() => void renew(), next);
  tick();
}

/**
 * Shows the stored screen in the place of a live one that is over, then the copy, or says what to do without.
 * While the answer may still come, only a screen that is good is shown.
 */
export async function fallBack(why: Away, answerMayCome = false): Promise<void> {
  if (!page.allows("nothingLeft") || liveIsGood() || storedIsGood()) return;
  const asked = situation.person;
  const stillNeeded = (): boolean =>
    asked === situation.person && page.allows("nothingLeft") && !liveIsGood();
  const kept = await openStored(asked);
  const hasCopy = await linkCopy(asked, serverNow(), stillNeeded);
  const good = kept !== undefined && !isOver(kept) && kept.fitsQr;
  const key = good ? await deviceKey().catch(() => null) : null;
  if (!stillNeeded()) return;
  if (good && key) showStored(kept, key, why, hasCopy);
  else if (!answerMayCome) showCopy(kept, why, hasCopy);
}

/**
 * Deals with the server's no: says why no screen is given, and lets go what must not be shown any more. It
 * reports whether it is worth asking again by itself.
 */
export async function handleRefusal(e: Problem): Promise<boolean> {
  switch (e.key) {
    case "session.missing":
    case "device.over":
    case "device.proof":
      situation.away = "login";
      page.move("loginNeeded");
      await fallBack(situation.away);
      askForLogin(e.key === "session.missing" ? word("loginAgain") : e.message);
      return false;
    case "device.unknown": // somebody ended this device: it keeps nothing
      await family.forgetEverybody();
      return false;
    case "person.not_yours": // taken off this device from elsewhere, or a session of another login
      await family.askWhoIsShown();
      return true;
  }
  showDenied(e); // with network or without
  if (e.key === "eligibility.lost") await forget(situation.person);
  return true;
}

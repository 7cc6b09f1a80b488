// Draws the page's states (states.ts), one function a state; each returns at once where the table knows no
// move there. Elements: #screen and what is in it, #empty, #login-ask.
import { type Problem } from "../shared/api";
import { span } from "../shared/clock";
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";
import { showCard } from "./codes";
import { showDetails } from "./details";
import type { DeviceKey } from "./devicekeys";
import { remindOfLogin } from "./loginneeded";
import { endOffline, startOffline, type Away } from "./offline";
import { showPerson, type Person } from "./people";
import { copyFirst } from "./savedcopy";
import type { Screen } from "./screen";
import { isOver, page, serverNow, situation } from "./situation";

/**
 * What the page leaves out (screen.css): without a server, without a code to check, once the eligibility has
 * ended.
 */
type Lack = "away" | "codeless" | "over";

function leaveOut(...lacks: Lack[]): void {
  for (const lack of ["away", "codeless", "over"] as const) {
    byId("screen").classList.toggle(lack, lacks.includes(lack));
  }
}

/** Empty: says why this device shows nobody. */
export function showEmpty(why: string): void {
  if (!page.move("nobodyLeft")) return;
  situation.person = "";
  endOffline();
  showCard(null);
  // One may lie over the page with a code.
  for (const sheet of document.querySelectorAll("dialog")) sheet.close();
  for (const id of ["screen", "manage", "login-ask"]) byId(id).hidden = true;
  byId("empty").hidden = false;
  byId("issued").hidden = byId("opening").hidden = true; // the telephone stays, where there was one
  byId("empty-call").hidden = !byId("help").hidden;
  setText(byId("empty-why"), why);
}

/** Pending: shows whose code is on its way. */
export function showPending(p: Person): void {
  if (!page.move("personChosen")) return;
  situation.person = p.id;
  byId("screen").dataset["person"] = p.id;
  leaveOut();
  endOffline();
  showCard(null);
  showPerson(p);
  copyFirst(false);
  byId("pdf").hidden = byId("share-open").hidden = byId("copies-open").hidden = false;
  byId("login-ask").hidden = true;
  setText(byId("state"), word("making"));
}

/** Live: shows the code that the server has just made. */
export function showLive(made: Screen): void {
  if (!page.move("codeMade", made)) return;
  situation.liveSince = performance.now();
  situation.away = "";
  leaveOut();
  endOffline();
  showDetails(situation.person, made);
  copyFirst(false);
  byId("too-long").hidden = made.fitsQr;
  byId("code").hidden = !made.fitsQr;
  byId("bigger").hidden = !made.fitsQr;
  byId("pdf").hidden = !made.fitsQr; // a sheet without its code would be a picture again
  byId("share-open").hidden = byId("copies-open").hidden = false;
  byId("number-open").classList.toggle("main", !made.fitsQr);
  setText(byId("state"), "");
  showCard(made.fitsQr ? made.jws : null);
  remindOfLogin();
}

/** Stored: shows the kept screen with this device's proof. hasCopy: a good copy (PDF) is kept as well. */
export function showStored(kept: Screen, key: DeviceKey, why: Away, hasCopy: boolean): void {
  if (!page.move("storedOpened", kept)) return;
  leaveOut("away");
  showWithoutServer(kept, hasCopy);
  byId("bigger").hidden = false;
  copyFirst(false);
  setText(byId("state"), "");
  startOffline(kept, key, why);
}

/**
 * Copy: offers the kept copy, or says what to do where there is none. kept is a stored screen that is not
 * good.
 */
export function showCopy(kept: Screen | undefined, why: Away, hasCopy: boolean): void {
  if (!page.move("nothingLeft")) return;
  leaveOut("away", "codeless");
  showWithoutServer(kept, hasCopy);
  endOffline();
  showCard(null);
  byId("bigger").hidden = true;
  copyFirst(hasCopy);
  setText(byId("age"), ageWithoutCode(kept, why));
  setText(byId("state"), word(hasCopy ? "paperLeft" : nextStep(kept, why)));
}

/** What Stored and Copy have in common: the person's details, and none of what only the server gives. */
function showWithoutServer(kept: Screen | undefined, hasCopy: boolean): void {
  // the other copies come from the server
  byId("share-open").hidden = byId("pdf").hidden = byId("copies-open").hidden = !hasCopy;
  byId("too-long").hidden = true;
  byId("code").hidden = false;
  if (kept) showDetails(situation.person, kept);
}

function ageWithoutCode(kept: Screen | undefined, why: Away): string {
  if (!kept) return why === "network" ? word("noNetwork") : "";
  const d = span(serverNow() - Date.parse(kept.issuedAt));
  return word(why === "network" ? "fetchedAgo" : "keptAgo", { d });
}

function nextStep(
  kept: Screen | undefined,
  why: Away,
): "loginAgain" | "nothingStored" | "storedOver" | "storedTooLong" {
  if (why === "login") return "loginAgain";
  if (!kept) return "nothingStored";
  return isOver(kept) ? "storedOver" : "storedTooLong";
}

/** Denied: says why the server gives no screen. */
export function showDenied(e: Problem): void {
  if (!page.move("screenRefused")) return;
  endOffline();
  showCard(null);
  setText(byId("age"), "");
  setText(byId("state"), e.message);
  leaveOut(e.key === "eligibility.lost" ? "over" : "codeless");
}

/**
 * Wiped: ends what the page does by itself: it is emptied, and a window that is turned has no code to draw.
 */
export function endPage(): void {
  page.move("deviceWiped");
  endOffline();
  showCard(null);
}

// The patient's screen. It starts from an empty shell, with or without a server, and always shows something: a live code, made
// anew every 30 seconds; when that cannot be renewed, the stored one with this phone's proof; when that is too old, the copy
// (PDF); and with nothing left, why, and what to do. It goes from one to the other by itself. Elements: #screen and what is in
// it, #empty, #login-ask; those of offline.ts, number.ts, people.ts, phones.ts, papers.ts and manage.ts.
import { lastFailure, Problem, unreachable } from "../shared/api";
import { clockWords, measure, span, timeOfDay } from "../shared/clock";
import { read, whenDropped, write } from "../shared/database";
import { byId, h, say } from "../shared/dom";
import { word } from "../shared/words";
import { ask, comeAsPhone, enter } from "./access";
import { bindCodes, showCard } from "./codes";
import { tellStaff, tellStaffNothing } from "./forstaff";
import { bindLater } from "./later";
import { bindLogout, wantsLogout } from "./logout";
import { bindManage } from "./manage";
import { bindNumber } from "./number";
import { bindNonce, endOffline, startOffline, tickOffline, type Away } from "./offline";
import { paperFirst, refreshPaper, showPaper } from "./papers";
import { askMe, showPerson, showTiles, storedPeople, storePeople, type Me, type Person } from "./people";
import { holderKey } from "./phone";
import { introduce, showPhones } from "./phones";
import { showReceipts, watchReceipts } from "./receipts";
import { showDetails, type Screen } from "./screen";
import { forget } from "./sealed";
import { openStored, refreshStored } from "./stored";
import { keepShell } from "./worker";

const renewEvery = 30_000; // a live code is made anew every 30 s: docs/facts/smart-health-card.md#tiers
const retryEvery = 5_000;
const patience = 8_000; // a weak signal may swallow a request without a word
const soon = 900; // so long a patient looks at nothing while the first answer is on its way
const warnBefore = 14 * 24 * 60 * 60 * 1000; // of the day on which a login is needed

let family: Person[] = [];
let person = ""; // whose screen is shown
let live: Screen | null = null;
let liveSince = 0; // when it came, by a clock that nobody sets (performance.now)
let stored: Screen | null = null; // shown in the live one's place
let offset = 0; // our clock less the server's, in ms
let timer = 0;
let asking = false; // a request for a live code is on its way
let away: Away | "" = ""; // why there is no live code
let known = false; // the server knows this phone's key
let unlearned = false; // whom this phone shows could not be asked yet
let keeping = false; // what is needed without network is being fetched
let denied = false; // the server gives no screen of whoever is shown
let stopped = false;
let parting = ""; // what the patient has just done, said where it leaves nobody on this phone

/** What the page leaves out (screen.css): without a server, without a code that can be checked, once the eligibility has ended. */
type Lack = "away" | "codeless" | "over" | "";

function showAs(...now: Lack[]): void {
  for (const lack of ["away", "codeless", "over"] as const) byId("screen").classList.toggle(lack, now.includes(lack));
}

const serverNow = (): number => Date.now() - offset;
/** Whether a screen is over; a live one also by the time that has gone by, for a phone's clock may have been set back. */
const dead = (s: Screen): boolean =>
  serverNow() > Date.parse(s.expiresAt) || (s === live && performance.now() - liveSince > Date.parse(s.expiresAt) - Date.parse(s.issuedAt));
const current = (): Person | undefined => family.find((p) => p.id === person);

/** Asks for a new code, draws it, and comes back in 30 s; after a failure in 5. */
async function renew(): Promise<void> {
  clearTimeout(timer);
  if (stopped || !person) return;
  const asked = person;
  let next = renewEvery;
  asking = true;
  const impatient = window.setTimeout(() => void fall("network", true), soon);
  try {
    const began = Date.now();
    const made = await ask<Screen>("POST", `/api/v1/people/${asked}/credential`, { tier: "live" }, patience);
    if (asked !== person) return;
    offset = measure(began, made.serverTime);
    showLive(made);
    void keepForLater(asked, made);
    if (unlearned) void learn();
  } catch (e) {
    if (asked !== person || stopped) return;
    next = retryEvery;
    if (unreachable(e)) {
      away = "network";
      await fall(away);
    } else if (e instanceof Problem) {
      next = (await refused(e)) ? retryEvery : 0;
    }
  } finally {
    clearTimeout(impatient);
  }
  asking = false;
  clearTimeout(timer);
  if (next) timer = window.setTimeout(() => void renew(), next);
  tick();
}

function showLive(made: Screen): void {
  live = made;
  denied = false;
  liveSince = performance.now();
  stored = null;
  away = "";
  showAs();
  endOffline();
  showDetails(person, made);
  paperFirst(false);
  byId("too-long").hidden = made.fitsQr;
  byId("code").hidden = !made.fitsQr;
  byId("bigger").hidden = !made.fitsQr;
  byId("pdf").hidden = !made.fitsQr; // a sheet without its code would be a picture again
  byId("share-open").hidden = false;
  byId("number-open").classList.toggle("main", !made.fitsQr);
  say(byId("state"), "");
  showCard(made.fitsQr ? made.jws : null);
  sayLoginBy();
}

/**
 * Shows the stored screen in the place of a live one that is over, then the copy, or says what to do without. While the answer may
 * still come, only a screen that is good is shown.
 */
async function fall(why: Away, waiting = false): Promise<void> {
  if (stopped || denied || (live && !dead(live)) || (stored && !dead(stored))) return;
  const asked = person;
  const isCurrent = (): boolean => asked === person && !stopped && !denied && !(live && !dead(live));
  const kept = await openStored(asked);
  const paper = await showPaper(asked, serverNow(), isCurrent);
  const good = kept !== undefined && !dead(kept) && kept.fitsQr;
  const key = good ? await holderKey().catch(() => null) : null;
  if (!isCurrent() || (waiting && !key)) return;
  live = null;
  showAs("away", key ? "" : "codeless");
  byId("share-open").hidden = byId("pdf").hidden = !paper; // the other copies come from the server
  byId("too-long").hidden = true;
  byId("code").hidden = false;
  if (kept) showDetails(asked, kept);
  if (kept && key) {
    stored = kept;
    byId("bigger").hidden = false;
    paperFirst(false);
    say(byId("state"), "");
    startOffline(kept, key, why);
    return;
  }
  stored = null;
  endOffline();
  showCard(null);
  byId("bigger").hidden = true;
  paperFirst(paper);
  say(byId("age"), kept ? word(why === "network" ? "fetchedAgo" : "keptAgo", { d: span(serverNow() - Date.parse(kept.issuedAt)) }) : why === "network" ? word("noNetwork") : "");
  say(byId("state"), word(paper ? "paperLeft" : why === "login" ? "loginAgain" : !kept ? "nothingStored" : dead(kept) ? "storedOver" : "storedTooLong"));
}

/**
 * Deals with the server's no: says why no screen is given, and lets go what must not be shown any more. It reports whether it is
 * worth asking again by itself.
 */
async function refused(e: Problem): Promise<boolean> {
  switch (e.key) {
    case "session.missing":
    case "device.over":
    case "device.proof":
      away = "login";
      live = null;
      await fall(away);
      askForLogin(e.key === "session.missing" ? word("loginAgain") : e.message);
      return false;
    case "device.unknown": // somebody ended this phone: it keeps nothing
      await ended();
      return false;
    case "person.not_yours": // taken off this phone from elsewhere, or a session of another login
      await learn();
      return true;
  }
  denied = true; // with network or without
  live = stored = null;
  endOffline();
  showCard(null);
  say(byId("age"), "");
  say(byId("state"), e.message);
  showAs(e.key === "eligibility.lost" ? "over" : "codeless");
  if (e.key === "eligibility.lost") await forget(person);
  return true;
}

/** Asks whom this phone shows and by what, and goes by the answer. */
async function learn(): Promise<void> {
  unlearned = false;
  try {
    await settle(await askMe(patience));
  } catch (e) {
    if (stopped) return;
    if (unreachable(e)) {
      unlearned = true; // the next live code asks again
      if (family.length) return;
      showEmpty(word("emptyAway"));
      window.setTimeout(() => void learn(), retryEvery);
    } else if (e instanceof Problem) {
      if (family.length && (e.key === "device.unknown" || (parting && e.key === "session.missing"))) await ended();
      else if (family.length) await refused(e);
      else showEmpty(e.key === "session.missing" || e.key === "device.unknown" ? emptyWhy(e.key === "device.unknown") : e.message);
    }
  }
}

async function settle(told: Me): Promise<void> {
  let me = told;
  let over = false; // this phone's key shows nobody any more
  offset = measure(Date.now(), me.serverTime); // until a live code measures better
  const nobody = (): boolean => !me.people.length && !me.lapsed.length;
  const newcomer = me.login && nobody(); // a login without a screen yet, on a phone that may show others
  if (newcomer) {
    await comeAsPhone(patience);
    me = await askMe(patience);
    if (nobody()) {
      location.replace("/enrol");
      return;
    }
  } else if (me.login) {
    const added = await introduce().catch((e: unknown) => {
      unlearned = e instanceof Problem ? unreachable(e) : lastFailure() === "network"; // then the next live code tries again
      return false; // else a browser that keeps nothing: it has no key
    });
    byId("login-again").hidden = added || unlearned;
    try {
      if (added || !me.device) { // a login that is too old adds nothing, but the phone may be there by its key
        await enter(patience);
        me = await askMe(patience);
      }
    } catch (e) {
      if (added) throw e;
      over = e instanceof Problem && e.key === "device.unknown";
    }
  }
  known = me.device;
  const before = family;
  const lapsed = before.filter((p) => me.lapsed.includes(p.id));
  const others = me.device || over ? [] : before.filter((p) => !me.people.some((q) => q.id === p.id)); // a login alone knows only its own
  family = [...me.people, ...lapsed, ...others.filter((p) => !lapsed.includes(p))];
  await letGo(before.filter((p) => !family.some((q) => q.id === p.id)));
  if (known) await storePeople(family).catch(() => undefined);
  byId("logout").hidden = byId("erase-area").hidden = !me.login || wantsLogout();
  showFamily(before.length ? me.people.find((p) => !before.some((q) => q.id === p.id)) : undefined);
  if (live) void keepForLater(person, live);
  await showPhones(me.phones, me.login, serverNow(), () => void learn()).catch(() => undefined);
  void keepShell();
}

/** Forgets everybody, and says why: the patient's own doing, or somebody else's. */
async function ended(): Promise<void> {
  await letGo(family);
  showEmpty(parting || word("ended"));
}

/** Ends what the page does by itself: it is emptied, and a window that is turned has no code to draw. */
function stop(): void {
  stopped = true;
  clearTimeout(timer);
  endOffline();
  showCard(null);
}

/** Shows nobody whom this phone does not keep any more. */
async function dropped(wiped: boolean): Promise<void> {
  if (stopped) return;
  if (wiped) {
    stop();
    person = "";
    for (const sheet of document.querySelectorAll("dialog")) sheet.remove(); // one may lie over the page with a code or a copy
    byId("main").replaceChildren(h("h1", "", word("wiped")));
  } else if (known) {
    family = await storedPeople();
    if (!family.length) showEmpty(emptyWhy());
    await learn(); // a login may still show its own
  }
}

/** Forgets people whom this phone must not show any more. */
async function letGo(gone: Person[]): Promise<void> {
  family = family.filter((p) => !gone.includes(p));
  await Promise.all(gone.map((p) => forget(p.id)));
  if (gone.length) await storePeople(family).catch(() => undefined);
}

/** Draws whom this phone shows, and turns to whoever has just been added. */
function showFamily(added?: Person): void {
  const wanted = added ?? current() ?? family[0];
  if (!wanted) {
    showEmpty(parting || emptyWhy());
    return;
  }
  parting = "";
  byId("empty").hidden = byId("opening").hidden = true;
  byId("screen").hidden = byId("manage").hidden = false;
  showTiles(family, wanted.id, turnTo);
  if (wanted.id === person) {
    showPerson(wanted);
    sayLoginBy();
  } else {
    turnTo(wanted);
  }
}

/**
 * Says what the browser lost, or that it never had anything. The server's cookie outlives what a browser drops by itself; a key that is
 * kept and that the server does not know any more was ended.
 */
function emptyWhy(unknown = false): string {
  return word(!document.cookie.includes("madoguchi-kept=1") ? "emptyNew" : unknown ? "ended" : "emptyGone");
}

function showEmpty(why: string): void {
  person = "";
  live = stored = null;
  denied = false;
  clearTimeout(timer);
  endOffline();
  showCard(null);
  for (const sheet of document.querySelectorAll("dialog")) sheet.close(); // one may lie over the page with a code
  byId("screen").hidden = byId("tiles").hidden = byId("manage").hidden = byId("login-ask").hidden = true;
  byId("empty").hidden = false;
  byId("issued").hidden = byId("opening").hidden = true; // the telephone stays, where there was one
  byId("empty-call").hidden = !byId("help").hidden;
  say(byId("empty-why"), why);
}

/** Shows another person of this phone. */
function turnTo(p: Person): void {
  person = p.id;
  byId("screen").dataset["person"] = person;
  showAs();
  live = stored = null;
  denied = false;
  endOffline();
  showCard(null);
  showPerson(p);
  showReceipts(person, serverNow());
  showTiles(family, person, turnTo);
  paperFirst(false);
  byId("pdf").hidden = byId("share-open").hidden = false;
  byId("login-ask").hidden = true;
  say(byId("state"), word("making"));
  void openStored(p.id).then((kept) => {
    if (kept && person === p.id && !live) showDetails(p.id, kept); // at once, while the code is on its way
  });
  if (away) void fall(away);
  void renew();
}

/** Asks kindly for the login that will be needed, days ahead. */
function sayLoginBy(): void {
  const until = current()?.loginBy;
  const left = until ? Date.parse(until) - serverNow() : Infinity;
  if (left > warnBefore) {
    if (!away) byId("login-ask").hidden = true;
    return;
  }
  const days = Math.floor(left / (24 * 60 * 60 * 1000));
  askForLogin(days > 0 ? word("loginSoon", { n: days }) : word("loginToday"));
}

function askForLogin(why: string): void {
  say(byId("login-why"), why);
  byId("login-ask").hidden = false;
}

/** Keeps what is needed without network: the clock's offset, and each shown person's screen and copy. */
async function keepForLater(asked: string, made: Screen): Promise<void> {
  if (keeping) return;
  keeping = true;
  try {
    await write("clock", "offset", offset);
    if (!known) return;
    for (const id of [asked, ...family.map((p) => p.id).filter((id) => id !== asked)]) {
      try {
        const kept = await refreshStored(id, serverNow(), id === asked ? made : undefined);
        await refreshPaper(id, serverNow(), kept);
      } catch (e) { // no network, or a no: the others are kept all the same, and the next renewal tries again
        if (e instanceof Problem && e.key === "eligibility.lost") await forget(id);
      } finally {
        if (!family.some((p) => p.id === id)) await forget(id); // taken off while it was on its way
      }
    }
    await showPaper(asked, serverNow(), () => asked === person && !stopped);
  } catch {
    // a browser that keeps nothing
  } finally {
    keeping = false;
  }
}

/** Once a second: the clock, the age in words, the bar, and an end to what is too old to be accepted. */
function tick(): void {
  if (stopped) return;
  const now = serverNow();
  say(byId("clock"), timeOfDay(now, true));
  const wrong = clockWords(offset, "phone");
  byId("phone-clock").hidden = !wrong;
  say(byId("phone-clock"), wrong);
  byId("bar-area").hidden = !live?.fitsQr;
  byId("number-open").hidden = !live;
  if (stored && dead(stored)) void fall(away || "network");
  tickOffline(now);
  const shown = live ?? stored;
  if (shown && !dead(shown)) tellStaff(current()?.insurer.name ?? "", shown.registeredOn, now - Date.parse(shown.issuedAt), !live);
  else tellStaffNothing();
  if (!live) return;
  const age = Math.max(0, now - Date.parse(live.issuedAt), performance.now() - liveSince);
  const lost = away && age > 45_000 ? ` ・ ${word("offline", { n: retryEvery / 1000 })}` : "";
  say(byId("age"), (live.fitsQr ? word("madeAgo", { d: span(age) }) : "") + lost);
  byId("bar").style.transform = `scaleX(${Math.max(0, 1 - age / 90_000)})`;
  if (!dead(live)) return;
  showCard(null);
  say(byId("state"), word("tooOld"));
  if (away) void fall(away);
  else if (!asking) void renew(); // the phone slept: its timers are late
}

async function stayAwake(): Promise<void> {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // the phone may refuse to stay awake; the screen works all the same
  }
}

function bind(): void {
  whenDropped((wiped) => void dropped(wiped));
  bindCodes();
  bindNonce(serverNow);
  bindNumber(() => person);
  bindLater(() => ({ person, screen: live ?? stored, tier: live ? "live" : stored ? "screen" : "none", offset, away: away !== "" }));
  bindManage({
    current,
    family: () => family,
    changed: (why) => {
      parting = why;
      void learn();
    },
    stop,
  });
  window.addEventListener("online", () => void renew());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      void stayAwake();
      void renew();
    } else {
      clearTimeout(timer);
    }
  });
}

async function start(): Promise<void> {
  byId("opening").hidden = false;
  byId("slow").hidden = true; // the program has started
  bind();
  await bindLogout();
  void stayAwake();
  try {
    offset = (await read<number>("clock", "offset")) ?? 0;
    family = await storedPeople();
  } catch {
    // a browser that keeps nothing: the server will tell
  }
  if (family.length) showFamily();
  setInterval(tick, 1000);
  await learn();
  void watchReceipts(() => person, serverNow);
}

void start();

// The patient's screen. Online it shows a live code, made anew every 30 seconds; when that cannot be renewed, the stored one with
// this phone's proof; and when there is none, what to do. It goes from one to the other by itself. Elements: #qr, #age, #clock,
// #holder-name, #receipts, #pdf, #state, #figures, #details; those of offline.ts and number.ts.
import { call, Problem, unreachable } from "../shared/api";
import { clockWords, measure, span, timeOfDay } from "../shared/clock";
import { read, write } from "../shared/database";
import { byId, say } from "../shared/dom";
import { word } from "../shared/words";
import { bindCodes, showCard } from "./codes";
import { bindNumber } from "./number";
import { bindNonce, endOffline, startOffline, tickOffline } from "./offline";
import { holderKey } from "./phone";
import { introduce } from "./phones";
import { watchReceipts } from "./receipts";
import { showDetails, type Screen } from "./screen";
import { forgetStored, openStored, refreshStored } from "./stored";

const renewEvery = 30_000; // a live code is made anew every 30 s (DESIGN.md section 4)
const retryEvery = 5_000;
const patience = 8_000; // a weak signal may swallow a request without a word

let person = byId("screen").dataset["person"] ?? "";
let live: Screen | null = null;
let stored: Screen | null = null; // shown in the live one's place
let offset = 0; // our clock less the server's, in ms
let timer = 0;
let asking = false; // a request for a live code is on its way
let failing = false;
let introduced = false; // the server knows this phone's holder key
let family = [person];

const serverNow = (): number => Date.now() - offset;
const dead = (s: Screen): boolean => serverNow() > Date.parse(s.expiresAt);

/** Asks for a new code, draws it, and comes back in 30 s; after a failure in 5. */
async function renew(): Promise<void> {
  clearTimeout(timer);
  const asked = person;
  let next = renewEvery;
  asking = true;
  try {
    const began = Date.now();
    const made = await call<Screen>("POST", `/api/v1/people/${asked}/credential`, { tier: "live" }, patience);
    if (asked !== person) return;
    offset = measure(began, made.serverTime);
    failing = false;
    showLive(made);
    void keepForLater(made);
  } catch (e) {
    if (asked !== person) return;
    if (e instanceof Problem && e.key === "session.missing") {
      location.href = "/login";
      return;
    }
    next = retryEvery;
    if (unreachable(e)) {
      failing = true;
      if (!live || dead(live)) await fall();
    } else if (e instanceof Problem) {
      await refused(e);
    }
  }
  asking = false;
  clearTimeout(timer);
  timer = window.setTimeout(() => void renew(), next);
  tick();
}

function showLive(made: Screen): void {
  live = made;
  stored = null;
  endOffline();
  showDetails(person, made);
  byId("too-long").hidden = made.fitsQr;
  byId("code").hidden = !made.fitsQr;
  byId("bigger").hidden = !made.fitsQr;
  byId("pdf").hidden = !made.fitsQr; // a sheet without its code would be a picture again
  byId("number-open").classList.toggle("main", !made.fitsQr);
  say(byId("state"), "");
  showCard(made.fitsQr ? made.jws : null);
}

/** Shows the stored screen in the place of a live one that is over, or says what to do without. */
async function fall(): Promise<void> {
  if (stored && !dead(stored)) return;
  const asked = person;
  const kept = await openStored(asked);
  if (asked !== person || !failing) return;
  live = null;
  byId("too-long").hidden = true;
  byId("code").hidden = false;
  if (kept) showDetails(asked, kept);
  if (!kept || dead(kept) || !kept.fitsQr) {
    stored = null;
    endOffline();
    showCard(null);
    say(byId("age"), kept ? word("fetchedAgo", { d: span(serverNow() - Date.parse(kept.issuedAt)) }) : word("noNetwork"));
    say(byId("state"), word(!kept ? "nothingStored" : dead(kept) ? "storedOver" : "storedTooLong"));
    return;
  }
  stored = kept;
  byId("bigger").hidden = false;
  say(byId("state"), "");
  startOffline(kept, await holderKey());
}

/** Shows why the insurer gives no screen. What was stored is let go too: the refusal counts, with network or without. */
async function refused(e: Problem): Promise<void> {
  live = stored = null;
  endOffline();
  showCard(null);
  say(byId("age"), "");
  say(byId("state"), e.message);
  if (e.key === "eligibility.lost") await forgetStored(person);
}

/** Keeps what is needed without network: the clock's offset, and each shown person's screen. */
async function keepForLater(made: Screen): Promise<void> {
  const asked = person;
  try {
    await write("clock", "offset", offset);
    introduced ||= await introduce(serverNow);
    if (!introduced) return;
    await refreshStored(asked, serverNow(), made);
    for (const other of family) {
      if (other !== asked) await refreshStored(other, serverNow());
    }
  } catch {
    // no network, or a browser that keeps nothing: the next renewal tries again
  }
}

/** Once a second: the clock, the age in words, the bar, and an end to what is too old to be accepted. */
function tick(): void {
  const now = serverNow();
  say(byId("clock"), timeOfDay(now, true));
  const wrong = clockWords(offset, "phone");
  byId("phone-clock").hidden = !wrong;
  say(byId("phone-clock"), wrong);
  byId("bar-area").hidden = !live?.fitsQr;
  byId("number-open").hidden = !live;
  if (stored && dead(stored)) void fall();
  tickOffline(now);
  if (!live) return;
  const age = Math.max(0, now - Date.parse(live.issuedAt));
  const lost = failing && age > 45_000 ? ` ・ ${word("offline", { n: retryEvery / 1000 })}` : "";
  say(byId("age"), (live.fitsQr ? word("madeAgo", { d: span(age) }) : "") + lost);
  byId("bar").style.transform = `scaleX(${Math.max(0, 1 - age / 90_000)})`;
  if (!dead(live)) return;
  showCard(null);
  say(byId("state"), word("tooOld"));
  if (failing) void fall();
  else if (!asking) void renew(); // the phone slept: its timers are late
}

async function stayAwake(): Promise<void> {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // the phone may refuse to stay awake; the screen works all the same
  }
}

/** Shows another person of this phone. */
function turnTo(tile: HTMLButtonElement): void {
  person = tile.dataset["person"] ?? person;
  live = stored = null;
  endOffline();
  showCard(null);
  for (const other of document.querySelectorAll(".tile")) other.setAttribute("aria-pressed", String(other === tile));
  say(byId("state"), word("making"));
  if (failing) void fall();
  void renew();
}

/** A phone that is logged out keeps nothing of the people whom it showed. */
async function logOut(form: HTMLFormElement): Promise<void> {
  await Promise.allSettled(family.map(forgetStored));
  form.submit();
}

async function start(): Promise<void> {
  const tiles = [...document.querySelectorAll<HTMLButtonElement>(".tile")];
  if (tiles.length) family = tiles.map((t) => t.dataset["person"] ?? "");
  for (const tile of tiles) {
    tile.setAttribute("aria-pressed", String(tile.dataset["person"] === person));
    tile.addEventListener("click", () => turnTo(tile));
  }
  bindCodes();
  byId<HTMLFormElement>("logout").addEventListener("submit", (e) => {
    e.preventDefault();
    void logOut(byId("logout"));
  });
  bindNonce(serverNow);
  bindNumber(() => person);
  window.addEventListener("online", () => void renew());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      void stayAwake();
      void renew();
    } else {
      clearTimeout(timer);
    }
  });
  void stayAwake();
  try {
    offset = (await read<number>("clock", "offset")) ?? 0;
  } catch {
    // a browser that keeps nothing: the first answer of the server will tell
  }
  setInterval(tick, 1000);
  void watchReceipts(byId("receipts"));
  await renew();
}

void start();

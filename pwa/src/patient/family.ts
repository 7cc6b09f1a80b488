// Whom this device shows: asked of the server, drawn as tiles, and forgotten where it must not be shown any
// more.
import { lastFailure, Problem, unreachable } from "../shared/api";
import { measure } from "../shared/clock";
import { byId, h } from "../shared/dom";
import { word } from "../shared/words";
import { authenticateDevice, identifyDevice } from "./access";
import { showDetails } from "./details";
import { addThisDevice, showDevices } from "./devices";
import { keepForLater } from "./keepforlater";
import { remindOfLogin } from "./loginneeded";
import { wantsLogout } from "./logout";
import { askMe, showPerson, showTiles, storedPeople, storePeople, type Me, type Person } from "./people";
import { showReceipts } from "./receipts";
import { bindRepresentatives } from "./representatives";
import { fallBack, handleRefusal, patience, pauseRenewal, renew, retryEvery } from "./renewal";
import { forget } from "./sealed";
import { endPage, showEmpty, showPending } from "./show";
import { currentPerson, isWiped, liveScreen, serverNow, situation } from "./situation";
import { openStored } from "./stored";
import { keepShell } from "./worker";

/** Asks whom this device shows and by what, and goes by the answer. */
export async function askWhoIsShown(): Promise<void> {
  situation.familyUnasked = false;
  try {
    await applyAnswer(await askMe(patience));
  } catch (e) {
    if (isWiped()) return;
    if (unreachable(e)) {
      situation.familyUnasked = true; // the next live code asks again
      if (situation.family.length) return;
      showNobody(word("emptyAway"));
      window.setTimeout(() => void askWhoIsShown(), retryEvery);
    } else if (e instanceof Problem) {
      await handleNoFamily(e);
    }
  }
}

/** Deals with a no to the question whom this device shows. */
async function handleNoFamily(e: Problem): Promise<void> {
  const ended = e.key === "device.unknown";
  const missing = e.key === "session.missing";
  if (!situation.family.length) showNobody(missing || ended ? whyEmpty(ended) : e.message);
  else if (ended || (situation.farewell && missing)) await forgetEverybody();
  else await handleRefusal(e);
}

const showsNobody = (me: Me): boolean => !me.people.length && !me.lapsed.length;

/** The server's answer once this device has done what it can to be known. */
interface Joined {
  me: Me;
  keyIsOver: boolean; // this device's key shows nobody any more
}

/** Adds this device to the login, and asks again as this device. */
async function joinLogin(me: Me): Promise<Joined> {
  const added = await addThisDevice().catch((e: unknown) => {
    // Then the next live code tries again; else it is a browser that keeps nothing: it has no key.
    situation.familyUnasked = e instanceof Problem ? unreachable(e) : lastFailure() === "network";
    return false;
  });
  byId("login-again").hidden = added || situation.familyUnasked;
  if (!added && me.device) return { me, keyIsOver: false };
  try {
    // A login that is too old adds nothing, but the device may be there by its key.
    await authenticateDevice(patience);
    return { me: await askMe(patience), keyIsOver: false };
  } catch (e) {
    if (added) throw e;
    return { me, keyIsOver: e instanceof Problem && e.key === "device.unknown" };
  }
}

async function applyAnswer(answer: Me): Promise<void> {
  let me = answer;
  let keyIsOver = false;
  situation.clockOffset = measure(Date.now(), me.serverTime); // until a live code measures better
  if (me.login && showsNobody(me)) {
    // A login without a screen yet, on a device that may show others.
    await identifyDevice(patience);
    me = await askMe(patience);
    if (showsNobody(me)) {
      location.replace("/enrol");
      return;
    }
  } else if (me.login) {
    ({ me, keyIsOver } = await joinLogin(me));
  }
  situation.deviceKnown = me.device;
  bindRepresentatives(me.login, () => void askWhoIsShown());
  const before = situation.family;
  situation.family = familyAfter(before, me, keyIsOver);
  await letGo(before.filter((p) => !situation.family.some((q) => q.id === p.id)));
  if (situation.deviceKnown) await storePeople(situation.family).catch(() => undefined);
  byId("logout").hidden = byId("erase-area").hidden = !me.login || wantsLogout();
  showFamily(before.length ? me.people.find((p) => !before.some((q) => q.id === p.id)) : undefined);
  const live = liveScreen();
  if (live) void keepForLater(situation.person, live);
  const changed = (): void => void askWhoIsShown();
  const list = { devices: me.phones, login: me.login, now: serverNow(), changed };
  await showDevices(list).catch(() => undefined);
  void keepShell();
}

/** Returns whom this device shows after the server's answer: a login alone knows only its own people. */
function familyAfter(before: Person[], me: Me, keyIsOver: boolean): Person[] {
  const lapsed = before.filter((p) => me.lapsed.includes(p.id));
  const others = me.device || keyIsOver ? [] : before.filter((p) => !me.people.some((q) => q.id === p.id));
  return [...me.people, ...lapsed, ...others.filter((p) => !lapsed.includes(p))];
}

/** Forgets everybody, and says why: the patient's own doing, or somebody else's. */
export async function forgetEverybody(): Promise<void> {
  await letGo(situation.family);
  showNobody(situation.farewell || word("ended"));
}

/** Forgets people whom this device must not show any more. */
async function letGo(gone: Person[]): Promise<void> {
  situation.family = situation.family.filter((p) => !gone.includes(p));
  await Promise.all(gone.map((p) => forget(p.id)));
  if (gone.length) await storePeople(situation.family).catch(() => undefined);
}

/**
 * Shows nobody whom this device does not keep any more: another page wiped it, or the browser dropped what it
 * kept.
 */
export async function followDrop(wiped: boolean): Promise<void> {
  if (isWiped()) return;
  if (wiped) {
    stopPage();
    situation.person = "";
    // One may lie over it with a code or a copy.
    for (const sheet of document.querySelectorAll("dialog")) sheet.remove();
    byId("main").replaceChildren(h("h1", "", word("wiped")));
  } else if (situation.deviceKnown) {
    situation.family = await storedPeople();
    if (!situation.family.length) showNobody(whyEmpty());
    await askWhoIsShown(); // a login may still show its own
  }
}

/** Ends what the page does by itself. */
export function stopPage(): void {
  pauseRenewal();
  endPage();
}

/** Draws whom this device shows, and turns to whoever has just been added. */
export function showFamily(added?: Person): void {
  const wanted = added ?? currentPerson() ?? situation.family[0];
  if (!wanted) {
    showNobody(situation.farewell || whyEmpty());
    return;
  }
  situation.farewell = "";
  byId("empty").hidden = byId("opening").hidden = true;
  byId("screen").hidden = byId("manage").hidden = false;
  showTiles(situation.family, wanted.id, turnTo);
  if (wanted.id === situation.person) {
    showPerson(wanted);
    remindOfLogin();
  } else {
    turnTo(wanted);
  }
}

/** Shows another person of this device. */
function turnTo(p: Person): void {
  showPending(p);
  showReceipts(p.id, serverNow());
  showTiles(situation.family, p.id, turnTo);
  void openStored(p.id).then((kept) => {
    // At once, while the code is on its way.
    if (kept && situation.person === p.id && !liveScreen()) showDetails(p.id, kept);
  });
  if (situation.away) void fallBack(situation.away);
  void renew();
}

function showNobody(why: string): void {
  pauseRenewal();
  showEmpty(why);
}

/**
 * Says what the browser lost, or that it never had anything. The server's cookie outlives what a browser
 * drops by itself; a key that is kept and that the server does not know any more was ended.
 */
function whyEmpty(ended = false): string {
  if (!document.cookie.includes("madoguchi-kept=1")) return word("emptyNew");
  return word(ended ? "ended" : "emptyGone");
}

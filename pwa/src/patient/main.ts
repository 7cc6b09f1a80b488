// The patient's screen. It starts from an empty shell, with or without a server, and always shows something:
// what, and how it goes from one to the other by itself, stands in states.ts. Elements: #opening, #slow;
// those of show.ts, offline.ts, number.ts, people.ts, devices.ts, savedcopy.ts and manage.ts.
import { read, whenDropped } from "../shared/database";
import { byId } from "../shared/dom";
import { bindCodes } from "./codes";
import { askWhoIsShown, followDrop, forgetEverybody, showFamily, stopPage } from "./family";
import { bindLater } from "./later";
import { bindLogout } from "./logout";
import { bindManage } from "./manage";
import { bindNumber } from "./number";
import { bindNonce } from "./offline";
import { bindFamily, storedPeople } from "./people";
import { watchReceipts } from "./receipts";
import { bindRenewal, pauseRenewal, renew } from "./renewal";
import { currentPerson, serverNow, shownNow, situation } from "./situation";
import { tick } from "./tick";

async function stayAwake(): Promise<void> {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // the device may refuse to stay awake; the screen works all the same
  }
}

function bind(): void {
  whenDropped((wiped) => void followDrop(wiped));
  bindRenewal({ askWhoIsShown, forgetEverybody }, tick);
  bindCodes();
  bindFamily();
  bindNonce(serverNow);
  bindNumber(() => situation.person);
  bindLater(shownNow);
  bindManage({
    current: currentPerson,
    family: () => situation.family,
    changed: (why) => {
      situation.farewell = why;
      void askWhoIsShown();
    },
    stop: stopPage,
  });
  window.addEventListener("online", () => void renew());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      void stayAwake();
      void renew();
    } else {
      pauseRenewal();
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
    situation.clockOffset = (await read<number>("clock", "offset")) ?? 0;
    situation.family = await storedPeople();
  } catch {
    // a browser that keeps nothing: the server will tell
  }
  if (situation.family.length) showFamily();
  setInterval(tick, 1000);
  await askWhoIsShown();
  void watchReceipts(() => situation.person, serverNow);
}

void start();

// What the page's parts know together: whom this device shows, in which state the page is, and what time it
// is.
import type { Away } from "./offline";
import type { Person } from "./people";
import type { Screen, Shown } from "./screen";
import { Machine } from "./states";

export const page = new Machine<Screen>();

export const situation = {
  family: [] as Person[], // whom this device shows
  person: "", // whose screen is shown
  liveSince: 0, // when the live code came, by a clock that nobody sets (performance.now)
  clockOffset: 0, // this device's clock less the server's, in ms
  away: "" as Away | "", // why there is no live code
  deviceKnown: false, // the server knows this device's key
  familyUnasked: false, // whom this device shows could not be asked yet: the next live code asks
  farewell: "", // what the patient has just done, said where it leaves nobody on this device
};

/** Reports whether this device was emptied: the page does nothing any more. */
export const isWiped = (): boolean => page.state === "Wiped";

/** The server's time, as far as this device knows it. */
export const serverNow = (): number => Date.now() - situation.clockOffset;

export const liveScreen = (): Screen | null => (page.state === "Live" ? page.screen : null);
export const storedScreen = (): Screen | null => (page.state === "Stored" ? page.screen : null);

/**
 * Reports whether a screen is over; a live one also by the time that has gone by, for a clock may have been
 * set back.
 */
export function isOver(s: Screen): boolean {
  const ends = Date.parse(s.expiresAt);
  if (serverNow() > ends) return true;
  return s === liveScreen() && performance.now() - situation.liveSince > ends - Date.parse(s.issuedAt);
}

/** Reports whether a live code is shown that counters still accept. */
export function liveIsGood(): boolean {
  const live = liveScreen();
  return live !== null && !isOver(live);
}

/** Reports whether a stored screen is shown that counters still accept. */
export function storedIsGood(): boolean {
  const stored = storedScreen();
  return stored !== null && !isOver(stored);
}

export const currentPerson = (): Person | undefined =>
  situation.family.find((p) => p.id === situation.person);

/** What the page shows now. */
export function shownNow(): Shown {
  return {
    person: situation.person,
    screen: page.screen,
    state: page.state,
    offset: situation.clockOffset,
    away: situation.away !== "",
  };
}

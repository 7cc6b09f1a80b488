// What the patient's page shows, as a machine of states. All moves stand in one table; a test walks it
// (pwa/build/states_test.go). What a state looks like is drawn in show.ts, what makes the page move is in
// renewal.ts and family.ts.

/**
 * Empty: this device shows nobody; the page says why, and what to do. The page begins so.
 * Pending: somebody is shown, and their first code is on its way.
 * Live: a code that the server has made within the last moments.
 * Stored: the code of the time without network, with this device's proof beside it.
 * Copy: no code is left to show; the saved copy (PDF) is, where there is one.
 * Denied: the server gives no screen of whoever is shown, and nothing stored may stand in for it.
 * Wiped: this device was emptied; the page does nothing any more.
 */
export const states = ["Empty", "Pending", "Live", "Stored", "Copy", "Denied", "Wiped"] as const;
export type State = (typeof states)[number];

/**
 * personChosen: another person is to be shown, or the first one.
 * codeMade: the server made a live code.
 * storedOpened: no live code can be had; a good stored screen was opened, and the key that vouches for it.
 * nothingLeft: no live code can be had, and no stored screen is good.
 * loginNeeded: the server gives codes again only after a login.
 * screenRefused: the server gives no screen of this person.
 * nobodyLeft: this device shows nobody any more, or nobody yet.
 * deviceWiped: everything on this device was removed, here or by another page.
 */
export const events = [
  "personChosen",
  "codeMade",
  "storedOpened",
  "nothingLeft",
  "loginNeeded",
  "screenRefused",
  "nobodyLeft",
  "deviceWiped",
] as const;
export type Event = (typeof events)[number];

/** Stands in the table where an event changes nothing: it came late, or the state goes before it. */
export const ignored = null;

/**
 * The page's moves. A live code that is still good goes before the stored screen and the copy: whoever sends
 * storedOpened or nothingLeft looks first whether it is (situation.ts, liveIsGood).
 */
export const moves: Record<State, Record<Event, State | typeof ignored>> = {
  Empty: {
    personChosen: "Pending",
    codeMade: ignored, // of somebody who was taken off meanwhile
    storedOpened: ignored,
    nothingLeft: ignored,
    loginNeeded: ignored,
    screenRefused: ignored,
    nobodyLeft: "Empty", // for another reason
    deviceWiped: "Wiped",
  },
  Pending: {
    personChosen: "Pending",
    codeMade: "Live",
    storedOpened: "Stored",
    nothingLeft: "Copy",
    loginNeeded: ignored, // what is stored is looked for next
    screenRefused: "Denied",
    nobodyLeft: "Empty",
    deviceWiped: "Wiped",
  },
  Live: {
    personChosen: "Pending",
    codeMade: "Live",
    storedOpened: "Stored",
    nothingLeft: "Copy",
    loginNeeded: "Pending", // the code is let go at once, however new it is
    screenRefused: "Denied",
    nobodyLeft: "Empty",
    deviceWiped: "Wiped",
  },
  Stored: {
    personChosen: "Pending",
    codeMade: "Live",
    storedOpened: "Stored", // a newer one, or shown for another reason
    nothingLeft: "Copy",
    loginNeeded: ignored, // the stored screen is shown on until it is over
    screenRefused: "Denied",
    nobodyLeft: "Empty",
    deviceWiped: "Wiped",
  },
  Copy: {
    personChosen: "Pending",
    codeMade: "Live",
    storedOpened: "Stored",
    nothingLeft: "Copy",
    loginNeeded: ignored,
    screenRefused: "Denied",
    nobodyLeft: "Empty",
    deviceWiped: "Wiped",
  },
  Denied: {
    personChosen: "Pending",
    codeMade: "Live",
    storedOpened: ignored, // the server's no holds without network too
    nothingLeft: ignored,
    loginNeeded: ignored,
    screenRefused: "Denied",
    nobodyLeft: "Empty",
    deviceWiped: "Wiped",
  },
  Wiped: {
    personChosen: ignored,
    codeMade: ignored,
    storedOpened: ignored,
    nothingLeft: ignored,
    loginNeeded: ignored,
    screenRefused: ignored,
    nobodyLeft: ignored,
    deviceWiped: ignored,
  },
};

/** The page's state, with the screen that it shows in Live and in Stored. */
export class Machine<Screen> {
  #state: State = "Empty";
  #screen: Screen | null = null;

  get state(): State {
    return this.#state;
  }

  /** The screen that is shown by a code; null in every state but Live and Stored. */
  get screen(): Screen | null {
    return this.#screen;
  }

  /** Reports whether the event would move the page. */
  allows(event: Event): boolean {
    return moves[this.#state][event] !== ignored;
  }

  /**
   * Moves by the table and reports whether there was a move. codeMade and storedOpened bring the screen that
   * is shown.
   */
  move(event: Event, screen: Screen | null = null): boolean {
    const next = moves[this.#state][event];
    if (next === ignored) return false;
    this.#state = next;
    this.#screen = next === "Live" || next === "Stored" ? screen : null;
    return true;
  }
}

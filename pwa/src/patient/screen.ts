// What the server gives for one person's screen, and what the page shows of it.
import type { State } from "./states";

/** A credential with what it states, as the server gives it: live, or stored for the time without network. */
export interface Screen {
  jws: string;
  fitsQr: boolean;
  issuedAt: string;
  expiresAt: string;
  serverTime: string;
  registeredOn: string;
  /** rareText: the names need a font of their own; lacksShapes: which has not all of them. */
  details: Record<string, string> & { share: number };
}

/** What the page shows now, for the parts that look at it. */
export interface Shown {
  person: string;
  screen: Screen | null;
  state: State;
  offset: number; // this device's clock less the server's, ms
  away: boolean; // no live code can be had
}

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
  /** lacksShapes: the font of the rare texts (namefont.ts) has not all of them. */
  details: Record<string, string> & { share: number; rareTexts?: string[] };
}

/** What the page shows now, for the parts that look at it. */
export interface Shown {
  person: string;
  screen: Screen | null;
  state: State;
  offset: number; // this device's clock less the server's, ms
  away: boolean; // no live code can be had
}

/** Returns a reading as the page shows it: files come with half-width kana, which are hard to read. */
export const shownKana = (kana = ""): string => kana.normalize("NFKC");

// Asking the server about cases. While it cannot be reached the console answers itself, if it was made ready
// in the morning (offlineday.ts); a case that it opened itself it also ends itself.
import { call, Problem } from "../shared/api";

/** What answers in the server's place. */
export interface StandIn {
  /** Reports whether this is about a case that the console opened itself. */
  owns(path: string): boolean;
  /** Reports whether it can answer at all: it was made ready today. */
  ready(): boolean;
  answer(path: string, body: unknown): Promise<unknown>;
  /** Is told whether the server answers, and what time it said it is. */
  heard(there: boolean, serverTime: string): void;
}

// What the console can answer itself is not waited for long: staff and patient stand there.
const quick = /\/(?:cases|people|proof|visual|record|tiles)$/;
const patience = 12_000; // ms

let standIn: StandIn | null = null;
let gone = false;
const told: (() => void)[] = [];

/** Calls tell whenever the server goes out of reach, or is there again. */
export function onAway(tell: () => void): void {
  told.push(tell);
}

export function standsIn(by: StandIn): void {
  standIn = by;
  by.heard(!gone, "");
}

/** Reports whether the console works without its server now. */
export const away = (): boolean => gone && !!standIn?.ready();

/** Reports whether an error says that the server was not reached, or only something in front of it. */
export const lost = (e: unknown): boolean => !(e instanceof Problem) || (e.key === "" && e.status >= 500);

/** Notes whether the server answers. */
export function hear(there: boolean, serverTime = ""): void {
  const changed = gone === there;
  gone = !there;
  standIn?.heard(there, serverTime);
  if (changed) for (const tell of told) tell();
}

/** Asks the server, or the console itself where the server is out of reach. */
export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const self = standIn;
  if (!self?.ready()) return call<T>(method, path, body);
  if (!gone && !self.owns(path)) {
    try {
      return await (quick.test(path) ? call<T>(method, path, body, patience) : call<T>(method, path, body));
    } catch (e) {
      if (!lost(e)) throw e;
      hear(false);
    }
  }
  return (await self.answer(path, body)) as T;
}

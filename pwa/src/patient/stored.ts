// The screens for the time without network: fetched while there is one, sealed on this phone.
import { ask } from "./access";
import { receiptKey } from "./devicekeys";
import type { Screen } from "./screen";
import { openJson, sealJson } from "./sealed";

// Half of a stored screen's life: a night without network does not end it.
const goodFor = 12 * 60 * 60 * 1000;

/** Returns the person's stored screen, or undefined. */
export function openStored(person: string): Promise<Screen | undefined> {
  return openJson<Screen>("screens", person);
}

/**
 * Fetches a new screen for later when the stored one is old, missing, or says something else than the live
 * one that the server just gave. now is the server's time. It returns the one that is stored then.
 */
export async function refreshStored(person: string, now: number, live?: Screen): Promise<Screen> {
  const kept = await openStored(person);
  if (kept && now - Date.parse(kept.issuedAt) < goodFor && (!live || statement(kept) === statement(live))) {
    return kept;
  }
  const { id } = await receiptKey();
  const made = await ask<Screen>("POST", `/api/v1/people/${person}/credential`, {
    tier: "screen",
    phone: id,
  });
  await sealJson("screens", person, made);
  return made;
}

/** Returns what a screen states, to be compared. */
export function statement(s: Screen): string {
  return JSON.stringify([s.registeredOn, s.details]);
}

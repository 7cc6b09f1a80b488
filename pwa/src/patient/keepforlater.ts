// Keeps what is needed without network, while there is one: the clock's offset, and each shown person's
// screen and copy.
import { Problem } from "../shared/api";
import { write } from "../shared/database";
import { linkCopy, refreshCopy } from "./savedcopy";
import type { Screen } from "./screen";
import { forget } from "./sealed";
import { isWiped, serverNow, situation } from "./situation";
import { refreshStored } from "./stored";

let keeping = false; // what is needed without network is being fetched

/** Keeps everybody's screen and copy, first those of the person whose live screen has just been made. */
export async function keepForLater(asked: string, made: Screen): Promise<void> {
  if (keeping) return;
  keeping = true;
  try {
    await write("clock", "offset", situation.clockOffset);
    if (!situation.deviceKnown) return;
    const others = situation.family.map((p) => p.id).filter((id) => id !== asked);
    for (const id of [asked, ...others]) await keepPerson(id, id === asked ? made : undefined);
    await linkCopy(asked, serverNow(), () => asked === situation.person && !isWiped());
  } catch {
    // a browser that keeps nothing
  } finally {
    keeping = false;
  }
}

async function keepPerson(id: string, live: Screen | undefined): Promise<void> {
  try {
    const kept = await refreshStored(id, serverNow(), live);
    await refreshCopy(id, serverNow(), kept);
  } catch (e) {
    // No network, or a no: the others are kept all the same, and the next renewal tries again.
    if (e instanceof Problem && e.key === "eligibility.lost") await forget(id);
  } finally {
    if (!situation.family.some((p) => p.id === id)) await forget(id); // taken off while it was on its way
  }
}

// Turns at the site's caches: whoever writes into one looks first whether the phone still has it, since
// caches.open makes one anew that a page has dropped in between.
import { within } from "./within";

const patience = 3_000; // nothing is waited for within a turn but the phone's own storage, which may hang

/** Does what looks at the caches and changes them while no other page or worker of the site does. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const { locks } = navigator as Partial<NavigatorLocks>; // they came with Safari 15.4
  let begun: Promise<T> | undefined;
  await locks?.request("caches", { signal: within(patience) }, () => (begun = work())).catch(() => undefined);
  return begun ?? work();
}

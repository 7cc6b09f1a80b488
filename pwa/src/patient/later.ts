// What stands beside the screen: the support number, and what is loaded when it is first used, so that the
// first load stays small.
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";
import { shownCard } from "./codes";
import type { Offer } from "./install";
import type { Shown } from "./screen";
import { standsAlone } from "./standalone";
import { bindSupport } from "./support";

/** Binds the buttons of the parts that are loaded later; shownNow tells what the page shows now. */
export function bindLater(shownNow: () => Shown): void {
  const open = async <T>(part: Promise<T>, use: (loaded: T) => unknown): Promise<void> => {
    setText(byId("later-state"), "");
    try {
      await use(await part);
    } catch {
      setText(byId("later-state"), word("notLoaded"));
    }
  };
  bindSupport(shownNow);
  hintAfterSuccess(shownNow);
  // For the time without network.
  setTimeout(() => void navigator.serviceWorker?.ready.then((r) => r.active?.postMessage("later")), 10_000);
  byId("share-open").addEventListener(
    "click",
    () => void open(import("./share"), ({ openShare }) => openShare(shownNow())),
  );
  const copies = byId("copies-open");
  copies.addEventListener("click", () => {
    byId("copies").hidden = !byId("copies").hidden;
    copies.setAttribute("aria-expanded", String(!byId("copies").hidden));
  });
  byId("rehearse").addEventListener(
    "click",
    () => void open(import("./rehearsal"), ({ rehearse }) => rehearse(shownNow)),
  );
}

/**
 * Hints at the home screen once a live code has been shown: not before it has been of use, and not to those
 * who have it there.
 */
function hintAfterSuccess(shownNow: () => Shown): void {
  if (standsAlone()) return;
  const byHand = /iPhone|iPad/.test(navigator.userAgent);
  let offer: Offer | null = null;
  window.addEventListener("beforeinstallprompt", (e) => {
    e.preventDefault(); // the browser's own bar would lie over the code
    offer = e as Offer;
  });
  window.addEventListener("appinstalled", () => (byId("install").hidden = true));
  const timer = setInterval(() => {
    if (!shownCard() || shownNow().state !== "Live" || (!offer && !byHand)) return;
    clearInterval(timer);
    void import("./install")
      .then(({ showHint, wanted }) => wanted() && showHint(byHand ? null : offer))
      .catch(() => undefined); // a hint is no need
  }, 2_000);
}

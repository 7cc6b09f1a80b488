// What stands beside the screen: the support number, and what is loaded when it is first used, so that the first load stays small.
import { byId, say } from "../shared/dom";
import { word } from "../shared/words";
import { shownCard } from "./codes";
import type { Offer } from "./install";
import type { Shown } from "./screen";
import { bindSupport } from "./support";

/** Binds the buttons of the parts that are loaded later; look tells what the page shows now. */
export function bindLater(look: () => Shown): void {
  const open = async <T>(part: Promise<T>, use: (loaded: T) => unknown): Promise<void> => {
    say(byId("later-state"), "");
    try {
      await use(await part);
    } catch {
      say(byId("later-state"), word("notLoaded"));
    }
  };
  bindSupport(look);
  hintAfterSuccess(look);
  setTimeout(() => void navigator.serviceWorker?.ready.then((r) => r.active?.postMessage("later")), 10_000); // for the time without network
  byId("share-open").addEventListener("click", () => void open(import("./share"), ({ openShare }) => openShare(look())));
  byId("rehearse").addEventListener("click", () => void open(import("./rehearsal"), ({ rehearse }) => rehearse(look)));
}

/** Hints at the home screen once a live code has been shown: not before it has been of use, and not to those who have it there. */
function hintAfterSuccess(look: () => Shown): void {
  if (matchMedia("(display-mode: standalone)").matches || ("standalone" in navigator && navigator.standalone === true)) return;
  const byHand = /iPhone|iPad/.test(navigator.userAgent);
  let offer: Offer | null = null;
  window.addEventListener("beforeinstallprompt", (e) => {
    e.preventDefault(); // the browser's own bar would lie over the code
    offer = e as Offer;
  });
  window.addEventListener("appinstalled", () => (byId("install").hidden = true));
  const timer = setInterval(() => {
    if (!shownCard() || look().tier !== "live" || (!offer && !byHand)) return;
    clearInterval(timer);
    void import("./install").then(({ showHint, wanted }) => wanted() && showHint(byHand ? null : offer)).catch(() => undefined); // a hint is no need
  }, 2_000);
}

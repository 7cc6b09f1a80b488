// What stands beside the screen: the support number, and what is loaded when it is first used, so that the first load stays small.
import { byId, say } from "../shared/dom";
import { phrases } from "../shared/phrases";
import type { Shown } from "./screen";
import { bindSupport } from "./support";

const word = phrases({ notLoaded: ["つながらないため開けません。電波のある所で、もう一度お試しください。", "This cannot be opened without a connection. Try again where there is network."] });

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
  byId("share-open").addEventListener("click", () => void open(import("./share"), ({ openShare }) => openShare(look())));
  byId("rehearse").addEventListener("click", () => void open(import("./rehearsal"), ({ rehearse }) => rehearse(look)));
}

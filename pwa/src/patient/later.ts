// What is loaded when it is first used, so that the first load stays small: sharing a copy, the rehearsal.
import { byId, say } from "../shared/dom";
import { word } from "../shared/words";
import type { Shown } from "./screen";

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
  byId("share-open").addEventListener("click", () => void open(import("./share"), ({ openShare }) => openShare(look())));
  byId("rehearse").addEventListener("click", () => void open(import("./rehearsal"), ({ rehearse }) => rehearse(look)));
}

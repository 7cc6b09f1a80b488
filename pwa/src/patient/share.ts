// Giving a copy away: the one without numbers first, since few may ask for them; the full one behind a second
// step. Copies are fetched before the tap that shares them, which does not wait
// (docs/facts/web-platform.md#sharing-files).
import { fetchFile } from "../shared/api";
import { button, openSheet } from "../shared/dialog";
import { h, setText } from "../shared/dom";
import { part, type Sentences } from "../shared/words";
import loaders from "loaders:share";
import { copyFile } from "./savedcopy";
import type { Shown } from "./screen";
import { standsAloneOnIOS } from "./standalone";

let word: Sentences<"share">; // loaded when the sheet is opened

/** Opens the sheet that gives a person's copies. */
export async function openShare({ person, screen, offset }: Shown): Promise<void> {
  word = await part(loaders);
  // Then there is no full copy: without its code it would be a picture again.
  const codeless = screen !== null && !screen.fitsQr;
  const masked = h(
    "section",
    "panel",
    h("h3", "", word("maskedTitle")),
    h("p", "", word("maskedFor")),
    h("p", "help", word("why")),
  );
  const full = h("section", "panel", h("h3", "", word("fullTitle")), h("p", "", word("fullFor")));
  const step = button("button quiet", word("fullOpen"), () => {
    step.remove();
    const kept = copyFile(person, Date.now() - offset);
    const copy = async (): Promise<File> => (await kept) ?? fetched(`/people/${person}/document.pdf`);
    full.append(h("p", "note attention", word("fullWarn")), ways(copy, "button"));
  });
  full.append(step);
  masked.append(ways(() => fetched(`/people/${person}/masked.pdf`), "button main"));
  masked.id = "share-masked";
  full.id = "share-full";
  openSheet("share", word("title"), masked, ...(codeless ? [] : [full]));
}

/**
 * What can be done with a copy: as much as this browser can, the first of it by a button of the class. A copy
 * that did not come can be asked for again.
 */
function ways(copy: () => Promise<File>, first: string): HTMLElement {
  const state = h("p", "help");
  state.setAttribute("role", "status");
  const place = h("div", "ways", state);
  const again = button("button quiet", word("retry"), () => void ask());
  const ask = async (): Promise<void> => {
    setText(state, word("making"));
    again.remove();
    try {
      offer(place, state, await copy(), first);
    } catch {
      setText(state, word("failed"));
      place.append(again);
    }
  };
  void ask();
  return place;
}

function offer(place: HTMLElement, state: HTMLElement, file: File, first: string): void {
  setText(state, word("ready"));
  const url = URL.createObjectURL(file);
  const sendable = navigator.canShare?.({ files: [file] }) ?? false;
  if (sendable) {
    place.append(
      button(first, word("send"), () => {
        navigator.share({ files: [file] }).catch((e: unknown) => {
          // A person who changed their mind needs no word.
          if (!(e instanceof DOMException && e.name === "AbortError")) setText(state, word("again"));
        });
      }),
    );
  }
  if (!sendable || !standsAloneOnIOS()) { // there a link saves nothing; sharing can save
    const save = h("a", sendable ? "button" : first, word("save")) as HTMLAnchorElement;
    save.href = url;
    save.download = file.name;
    place.append(save);
  }
  const print = h("a", "button", word("print")) as HTMLAnchorElement;
  print.href = url;
  print.target = "_blank";
  print.rel = "noopener";
  place.append(print);
  // An opened copy is still loading.
  const letGo = (): void => void setTimeout(() => URL.revokeObjectURL(url), 60_000);
  place.closest("dialog")?.addEventListener("close", letGo);
}

async function fetched(address: string): Promise<File> {
  const answer = await fetchFile(address, 20_000);
  if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("application/pdf")) {
    throw new Error(`HTTP ${answer.status}`);
  }
  const name =
    /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "shikaku-joho.pdf";
  return new File([await answer.blob()], name, { type: "application/pdf" });
}

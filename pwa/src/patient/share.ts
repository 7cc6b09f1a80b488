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
    const copy = kept.then((file) => file ?? fetched(`/people/${person}/document.pdf`));
    full.append(h("p", "note attention", word("fullWarn")), ways(copy));
  });
  full.append(step);
  masked.append(ways(fetched(`/people/${person}/masked.pdf`)));
  masked.id = "share-masked";
  full.id = "share-full";
  openSheet("share", word("title"), masked, ...(codeless ? [] : [full]));
}

/** What can be done with a copy: as much as this browser can. */
function ways(copy: Promise<File>): HTMLElement {
  const state = h("p", "help", word("making"));
  state.setAttribute("role", "status");
  const place = h("div", "ways", state);
  void copy.then(
    (file) => offer(place, state, file),
    () => setText(state, word("failed")),
  );
  return place;
}

function offer(place: HTMLElement, state: HTMLElement, file: File): void {
  setText(state, word("ready"));
  const url = URL.createObjectURL(file);
  const sendable = navigator.canShare?.({ files: [file] }) ?? false;
  if (sendable) {
    place.append(
      button("button main", word("send"), () => {
        navigator.share({ files: [file] }).catch((e: unknown) => {
          // A person who changed their mind needs no word.
          if (!(e instanceof DOMException && e.name === "AbortError")) setText(state, word("again"));
        });
      }),
    );
  }
  if (!sendable || !standsAloneOnIOS()) { // there a link saves nothing; sharing can save
    const save = h("a", sendable ? "button" : "button main", word("save")) as HTMLAnchorElement;
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

// 「受診の前に練習する」: the phone reads back the code that it shows, off the pixels as they are displayed,
// looks at what else can go wrong at a counter, and says what to do about each. What it cannot know
// (brightness, the card in the bag) it asks for.
import { clockWords } from "../shared/clock";
import { button, openSheet } from "../shared/dialog";
import { byId, h } from "../shared/dom";
import { cardText } from "../shared/qr";
import { part, type Sentences } from "../shared/words";
import loaders from "loaders:rehearsal";
import { shownCard } from "./codes";
import type { Shown } from "./screen";
import { selfRead, Unreadable } from "./selfread";
import { openStored } from "./stored";

let word: Sentences<"rehearsal">; // loaded when the practice is opened

type Mark = "✓" | "―" | "！";

/** Opens the practice; shownNow tells what the page shows. */
export async function rehearse(shownNow: () => Shown): Promise<void> {
  word = await part(loaders);
  const place = h("div", "");
  place.setAttribute("role", "status");
  const again = button("button", word("again"), () => void examine(place, shownNow));
  const steps = h(
    "ol",
    "steps",
    h("li", "", word("step1")),
    h("li", "", word("step2"), h("strong", "say", word("say"))),
    h("li", "", word("step3")),
    h("li", "", word("step4")),
  );
  await examine(place, shownNow);
  openSheet(
    "rehearsal",
    word("title"),
    place,
    h("p", "", again),
    h("h3", "", word("stepsTitle")),
    steps,
    call(),
  );
}

/** Looks at everything once and says what it found. */
async function examine(place: HTMLElement, shownNow: () => Shown): Promise<void> {
  const shown = shownNow();
  const trouble = readBack(shown);
  const stored = shown.state === "Stored" || (await openStored(shown.person)) !== undefined;
  const clock = clockWords(shown.offset, "phone");
  const verdict = trouble
    ? h("div", "note attention", h("p", "verdict", word("bad")), h("p", "", trouble))
    : h(
        "div",
        "note good",
        h("p", "verdict", word("good")),
        h("p", "", word(shown.state === "Stored" ? "goodOffline" : "goodMore")),
      );
  verdict.id = "rehearsal-verdict";
  place.replaceChildren(
    verdict,
    h(
      "ul",
      "checks",
      line(stored ? "✓" : "！", word(stored ? "storedYes" : "storedNo")),
      line(clock ? "！" : "✓", clock ? word("clockBad", { c: clock }) : word("clockGood")),
      line("―", word("bright")),
      line("―", word("card")),
    ),
  );
}

function line(mark: Mark, text: string): HTMLElement {
  const sign = h("span", "mark", mark);
  sign.setAttribute("aria-hidden", "true");
  return h("li", mark === "✓" ? "passed" : mark === "！" ? "attention" : "", sign, h("span", "", text));
}

/** Reads the shown code off its pixels, and returns what is wrong with it; empty when nothing is. */
function readBack(shown: Shown): string {
  if (shown.screen && !shown.screen.fitsQr) return word("tooLong");
  const card = shownCard();
  const canvas = byId<HTMLCanvasElement>("qr");
  if (!card || !canvas.clientWidth) return word("none");
  try {
    const read = selfRead(asDisplayed(canvas));
    if (read.text !== cardText(card)) return word("other");
    return canvas.getBoundingClientRect().width / (17 + 4 * read.version + 8) < 2.99 ? word("small") : "";
  } catch (e) {
    return word(e instanceof Unreadable && e.why === "small" ? "small" : "broken");
  }
}

/**
 * Returns the canvas's pixels as the screen shows them: in device pixels, after the page's and the browser's
 * scaling.
 */
function asDisplayed(canvas: HTMLCanvasElement): ImageData {
  const box = canvas.getBoundingClientRect();
  // An OffscreenCanvas draws in two dimensions from Safari 16.4 on only.
  const screen = h("canvas", "") as HTMLCanvasElement;
  screen.width = Math.max(1, Math.round(box.width * devicePixelRatio));
  screen.height = Math.max(1, Math.round(box.height * devicePixelRatio));
  const pen = screen.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Unreadable("nothing");
  pen.imageSmoothingEnabled = getComputedStyle(canvas).imageRendering !== "pixelated";
  pen.drawImage(canvas, 0, 0, screen.width, screen.height);
  return pen.getImageData(0, 0, screen.width, screen.height);
}

/** The insurer's telephone, as the page has it. */
function call(): HTMLElement {
  const telephone = byId<HTMLAnchorElement>("help-telephone");
  const link = h("a", "", telephone.textContent ?? "") as HTMLAnchorElement;
  link.href = telephone.href;
  const p = h("p", "call", word("call"), link);
  p.hidden = !telephone.textContent;
  return p;
}

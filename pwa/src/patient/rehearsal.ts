// 「受診の前に練習する」: the phone reads back the code that it shows, off the pixels as they are displayed, looks at what else can go
// wrong at a counter, and says what to do about each. What it cannot know (brightness, the card in the bag) it asks for.
import { clockWords } from "../shared/clock";
import { button, openSheet } from "../shared/dialog";
import { byId, h } from "../shared/dom";
import { phrases } from "../shared/phrases";
import { cardText } from "../shared/qr";
import { shownCard } from "./codes";
import type { Shown } from "./screen";
import { selfRead, Unreadable } from "./selfread";
import { openStored } from "./stored";

const word = phrases({
  title: ["受診の前の練習", "Practice before a visit"],
  good: ["病院で読めます", "A clinic can read it"],
  goodMore: ["この端末が、いま出しているコードを画面から読み直し、中身が同じことを確かめました。", "This phone has read the code back off its own screen, and it says the same."],
  goodOffline: ["電波がないときのコードを出しています。2つのコードを続けて読み取ってもらってください。", "The codes for the time without network are shown. Have both scanned, one after the other."],
  bad: ["このままでは、病院で読めないことがあります", "As it is, a clinic may fail to read it"],
  none: ["コードが出ていません。この練習を閉じて、画面に出ている説明にしたがってください。", "No code is shown. Close this and do what the screen says."],
  tooLong: ["お名前が長く、コードに入りきりません。受付では「番号で伝える」を押すか、「くわしく」の中の「ファイルで保存」を使ってください。", "The name is too long for the code. At the counter use “Tell a number instead” or the file."],
  broken: ["コードがくずれて表示されています。画面の拡大をやめて、この画面を開き直してください。なおらないときは「番号で伝える」をお使いください。", "The code is shown broken. Undo any zoom and open this screen again, or tell a number instead."],
  other: ["読み直した中身が、もとのコードとちがいます。この画面を開き直してください。", "What was read differs from the code. Open this screen again."],
  small: ["コードのます目が細かすぎます。端末を縦に持ち、「大きく見せる」を押してください。それでも読めないときは「番号で伝える」をお使いください。", "The code's modules are too small. Hold the phone upright and press “Show larger”, or tell a number instead."],
  storedYes: ["電波がない所でも出せます（1日分をこの端末にしまってあります）", "It can be shown without network (a day's worth is kept on this phone)"],
  storedNo: ["電波がない所では出せません。電波のある所でしばらくこの画面を開いたままにするか、もう一度ログインしてください。写し（PDF）を保存しておくと安心です。", "It cannot be shown without network. Leave this screen open for a while where there is network, or log in again. Save a copy (PDF) as well."],
  clockGood: ["端末の時計は合っています", "The clock is right"],
  clockBad: ["{c}。端末の設定で、日付と時刻を「自動」にしてください。", "{c} Set date and time to automatic."],
  bright: ["画面の明るさを上げてください（明るさは、この画面からは分かりません）", "Raise the brightness (this page cannot know it)"],
  card: ["マイナンバーカードを持っていきます（この画面だけでは受け付けられません）", "Take the My Number card along (this screen alone is not accepted)"],
  stepsTitle: ["受付ですること", "At the counter"],
  step1: ["まず、マイナンバーカードを受付の機械（カードリーダー）に置きます", "First put the My Number card on the reader"],
  step2: ["うまくいかないと言われたら、この画面を開いて、こう言います", "If that fails, open this screen and say:"],
  say: ["「保険者の資格情報画面があります。カードといっしょに見てください」", "“I have my insurer's eligibility screen. Please look at it together with my card.”"],
  step3: ["「大きく見せる」を押し、カードといっしょに受付の方に見せます", "Press “Show larger” and show it together with the card"],
  step4: ["読み取れないと言われたら、「番号で伝える」を押して、8文字を読み上げます", "If it cannot be read, press “Tell a number instead” and read out the eight characters"],
  again: ["もう一度ためす", "Try again"],
  call: ["わからないときは、お電話ください：", "In doubt, please call: "],
});

type Mark = "✓" | "―" | "！";

/** Opens the practice; look tells what the page shows. */
export async function rehearse(look: () => Shown): Promise<void> {
  const place = h("div", "");
  place.setAttribute("role", "status");
  const again = button("button", word("again"), () => void examine(place, look));
  const steps = h("ol", "steps", h("li", "", word("step1")), h("li", "", word("step2"), h("strong", "say", word("say"))), h("li", "", word("step3")), h("li", "", word("step4")));
  await examine(place, look);
  openSheet("rehearsal", word("title"), place, h("p", "", again), h("h3", "", word("stepsTitle")), steps, call());
}

/** Looks at everything once and says what it found. */
async function examine(place: HTMLElement, look: () => Shown): Promise<void> {
  const shown = look();
  const trouble = readBack(shown);
  const stored = shown.tier === "screen" || (await openStored(shown.person)) !== undefined;
  const clock = clockWords(shown.offset, "phone");
  const verdict = trouble
    ? h("div", "note attention", h("p", "verdict", word("bad")), h("p", "", trouble))
    : h("div", "note good", h("p", "verdict", word("good")), h("p", "", word(shown.tier === "screen" ? "goodOffline" : "goodMore")));
  verdict.id = "rehearsal-verdict";
  place.replaceChildren(verdict, h("ul", "checks", line(stored ? "✓" : "！", word(stored ? "storedYes" : "storedNo")),
    line(clock ? "！" : "✓", clock ? word("clockBad", { c: clock }) : word("clockGood")), line("―", word("bright")), line("―", word("card"))));
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

/** Returns the canvas's pixels as the screen shows them: in device pixels, after the page's and the browser's scaling. */
function asDisplayed(canvas: HTMLCanvasElement): ImageData {
  const box = canvas.getBoundingClientRect();
  const screen = new OffscreenCanvas(Math.max(1, Math.round(box.width * devicePixelRatio)), Math.max(1, Math.round(box.height * devicePixelRatio)));
  const pen = screen.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Unreadable("nothing");
  pen.imageSmoothingEnabled = getComputedStyle(canvas).imageRendering !== "pixelated";
  pen.drawImage(canvas, 0, 0, screen.width, screen.height);
  return pen.getImageData(0, 0, screen.width, screen.height);
}

/** The insurer's telephone, as the page has it. */
function call(): HTMLElement {
  const known = byId<HTMLAnchorElement>("help-telephone");
  const link = h("a", "", known.textContent ?? "") as HTMLAnchorElement;
  link.href = known.href;
  const p = h("p", "call", word("call"), link);
  p.hidden = !known.textContent;
  return p;
}

// The chip's own photo, name and address, large beside the ticks. Staff type 照合番号B off the card's face; the
// tries that are left are shown first, then one press is one try. What is shown stands in this page alone and
// goes with its case. The element `root` is mounted once, where the ticks are; the button, where the number
// is typed.
import { call, Problem } from "../shared/api";
import { encode } from "../shared/base64url";
import { button } from "../shared/dialog";
import { h } from "../shared/dom";
import { local, type Sentence } from "../shared/local";
import { word } from "../shared/words";
import { box, kindOf } from "./box";
import type { Case } from "./casedata";
import { atHand, learn, onCase } from "./current";
import { decodePhoto, maxSide } from "./jpeg2000";
import { decodedBytes } from "./picture";
import { press } from "./press";
import { newFaceKey, openFace, publicBytes, type Sealed, type Shown } from "./sealedface";
import { answered } from "./turn";

/** What staff typed. Taking it empties the field of the code. */
export interface Typed {
  complete: () => boolean;
  take: () => { expiryYear: number; code: string };
}

interface WithFace extends Case {
  face?: {
    result: string;
    headline: Sentence;
    next: Sentence;
    triesLeft?: Sentence;
    sealed?: Sealed;
  };
}

/** The part of the page that shows the photo. */
export interface ChipFace {
  root: HTMLElement;
  button: HTMLButtonElement;
  /** Tells whether the reader's program can show photos. */
  offer: (can: boolean) => void;
}

/** Makes the part; typed is where staff type the number. */
export function chipFace(typed: Typed): ChipFace {
  const root = h("div", "chip-face");
  root.id = "chip-face";
  root.setAttribute("role", "status");
  const show = button("button", word("faceShow"), () => run(show, askTries));
  show.id = "face-tries";

  const say = (text: string): void => root.replaceChildren(h("p", "help", text));
  const run = (b: HTMLButtonElement, work: () => Promise<void>): void => void press(b, work, say);

  async function askTries(): Promise<void> {
    if (!typed.complete()) throw new Problem(0, "face.typed", word("faceTyped"));
    say(word("faceAsking"));
    const mine = atHand()?.id ?? "";
    const { tries, sentence } = await answered(
      call<{ tries: number; sentence: Sentence }>("POST", `/api/v1/counter/cases/${mine}/face-tries`),
    );
    const go = button("button main", word("faceGo"), () => run(go, () => read(mine, tries)));
    go.id = "face-check";
    go.disabled = tries === 0;
    root.replaceChildren(h("p", "", local(sentence)), h("p", "", go));
    go.focus();
  }

  async function read(id: string, tries: number): Promise<void> {
    if (!typed.complete()) throw new Problem(0, "face.typed", word("faceTyped"));
    const pair = await newFaceKey();
    const key = encode(await publicBytes(pair));
    const body = { ...typed.take(), tries, key };
    say(word("faceReading"));
    const whole = await answered(call<WithFace>("POST", `/api/v1/counter/cases/${id}/face-check`, body));
    learn(whole);
    const face = whole.face;
    if (!face) return;
    if (!face.sealed) {
      root.replaceChildren(verdict(face));
      return;
    }
    const opened = await answered(openFace(pair, id, face.sealed).catch(() => null));
    if (!opened) {
      root.replaceChildren(box("bad", "", word("faceUnreadable")));
      return;
    }
    const shown = await answered(pictures(opened));
    const gone = h("p", "help", word("faceGone"));
    root.replaceChildren(verdict(face), h("div", "chip-face-shown", ...shown), gone);
    show.closest("details")?.removeAttribute("open"); // its room is the photo's
    shown[0]?.scrollIntoView({ block: "nearest" });
  }

  onCase((_, another) => {
    if (!another) return; // what the one before showed goes away
    for (const canvas of root.querySelectorAll("canvas")) canvas.width = canvas.height = 0; // its pixels
    root.replaceChildren();
  });
  return {
    root,
    button: show,
    offer: (can) => {
      show.hidden = !can;
    },
  };
}

function verdict(face: NonNullable<WithFace["face"]>): HTMLElement {
  const left = face.triesLeft ? local(face.triesLeft) : "";
  return box(kindOf(face.result), local(face.headline), local(face.next), left);
}

async function pictures(chip: Shown): Promise<HTMLElement[]> {
  const photo = canvas("face-photo", word("facePhoto"));
  const shown: HTMLElement[] = [];
  try {
    const { width, height, data } = await decodePhoto(chip.photo);
    photo.width = width;
    photo.height = height;
    photo.getContext("2d")?.putImageData(new ImageData(data, width, height), 0, 0);
    shown.push(photo);
  } catch {
    shown.push(h("p", "", word("facePhotoBroken")));
  }
  const words = h("dl", "");
  const parts: [string, Uint8Array<ArrayBuffer>, string][] = [
    ["face-name", chip.name, word("faceName")],
    ["face-address", chip.address, word("faceAddress")],
  ];
  for (const [id, png, label] of parts) {
    const drawn = canvas(id, word("faceAsPicture", { w: label }));
    const ok = await draw(drawn, png).then(() => true, () => false);
    words.append(h("dt", "", label), h("dd", "", ok ? drawn : word("faceWordBroken")));
  }
  return [...shown, words];
}

function canvas(id: string, label: string): HTMLCanvasElement {
  const c = h("canvas", "") as HTMLCanvasElement;
  c.id = id;
  c.setAttribute("role", "img");
  c.setAttribute("aria-label", label);
  return c;
}

/** Draws a PNG; a small file can be a huge picture. */
async function draw(on: HTMLCanvasElement, png: Uint8Array<ArrayBuffer>): Promise<void> {
  const size = decodedBytes(png);
  if (size === 0 || size > maxSide * maxSide * 4) throw new Error("no picture of a card");
  const bitmap = await createImageBitmap(new Blob([png], { type: "image/png" }));
  on.width = bitmap.width;
  on.height = bitmap.height;
  on.getContext("2d")?.drawImage(bitmap, 0, 0);
  bitmap.close();
}

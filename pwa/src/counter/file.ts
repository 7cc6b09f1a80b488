// Reads codes from a file that was dropped or chosen: a .smart-health-card, or a picture, which is decoded
// here.
import { Problem } from "../shared/api";
import { word } from "../shared/words";
import { textsIn } from "./decoder";
import { decodedBytes, maxDecoded, maxFile } from "./picture";
import { cardsOf, readTyped } from "./typed";

const maxText = 64 * 1024; // what the server reads (credential.Read)
const maxSide = 3000; // a phone's photo has more, which only costs time

/** Returns the texts in the file; none when there is no code in it. */
export async function textsOf(file: File): Promise<string[]> {
  if (file.size <= maxText && !file.type.startsWith("image/")) {
    const text = await file.text();
    // A card file, a code's digits, a JWS.
    const cards = cardsOf(text);
    if (cards.length > 1) return cards; // a family's: staff are asked whose case it is
    if (text.trimStart().startsWith("{") || readTyped(text) !== null) return [text];
  }
  if (file.size > maxFile) throw new Problem(0, "file.large", word("fileLarge"));
  const bytes = decodedBytes(new Uint8Array(await file.arrayBuffer()));
  if (bytes === 0) return [];
  if (bytes > maxDecoded) throw new Problem(0, "file.large", word("fileLarge"));
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return []; // not a picture that this browser knows
  }
  const shrink = Math.min(1, maxSide / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * shrink);
  canvas.height = Math.round(picture.height * shrink);
  const pen = canvas.getContext("2d");
  if (!pen) return [];
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return textsIn(pen.getImageData(0, 0, canvas.width, canvas.height));
}

// The chip's photo is JPEG 2000 (ISO/IEC 15444-1), which browsers do not show. The decoder is loaded when the
// first one is to be shown, from our own origin.
import type { OpenJPEG } from "../../vendor/openjpeg/openjpegwasm_decode.js";

/** Pixels of four bytes, as ImageData has them. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

export const maxSide = 2048; // pixels; a card's photo has a few hundred

let loading: Promise<OpenJPEG> | null = null;

function decoder(): Promise<OpenJPEG> {
  loading ??= import("../../vendor/openjpeg/openjpegwasm_decode.js").then((openjpeg) =>
    openjpeg.default({
      locateFile: (path) => new URL(path, import.meta.url).href,
      print: () => undefined, // it tells every step
      printErr: () => undefined,
    }),
  );
  loading.catch(() => (loading = null)); // without network; the next photo asks again
  return loading;
}

/** Returns the sides that the codestream's SIZ segment (A.5.1) gives, null for what is no JPEG 2000. */
function sides(file: Uint8Array<ArrayBuffer>): { width: number; height: number } | null {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  try {
    let at = 0;
    if (view.getUint32(0) === 12 && view.getUint32(4) === 0x6a502020) {
      // boxes: length, type (I.4), up to the codestream's "jp2c"
      while (view.getUint32(at + 4) !== 0x6a703263) {
        const length = view.getUint32(at);
        if (length < 8) return null;
        at += length;
      }
      at += view.getUint32(at) === 1 ? 16 : 8;
    }
    if (view.getUint32(at) !== 0xff4fff51) return null; // SOC, SIZ
    const width = view.getUint32(at + 8) - view.getUint32(at + 16);
    const height = view.getUint32(at + 12) - view.getUint32(at + 20);
    return width > 0 && height > 0 ? { width, height } : null;
  } catch {
    return null; // cut off inside its header
  }
}

/** Decodes a photo. It rejects what is none, is damaged or has sides of more than maxSide. */
export async function decodePhoto(file: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  const size = sides(file);
  if (!size || size.width > maxSide || size.height > maxSide) throw new Error("no photo of a card");
  const openjpeg = await decoder();
  const work = new openjpeg.J2KDecoder();
  try {
    work.getEncodedBuffer(file.length).set(file);
    work.decode();
    const { width, height, bitsPerSample, componentCount: parts } = work.getFrameInfo();
    const samples = work.getDecodedBuffer();
    const right = width === size.width && height === size.height && bitsPerSample === 8;
    if (!right || (parts !== 1 && parts !== 3) || samples.length !== width * height * parts) {
      throw new Error("the photo cannot be decoded");
    }
    const data = new Uint8ClampedArray(width * height * 4);
    for (let i = 0; i < width * height; i++) {
      for (let colour = 0; colour < 3; colour++) {
        data[4 * i + colour] = samples[parts === 1 ? i : 3 * i + colour] ?? 0;
      }
      data[4 * i + 3] = 255;
    }
    return { width, height, data };
  } finally {
    work.delete();
  }
}

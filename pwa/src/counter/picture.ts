// What a picture takes when it is decoded, told from its header: a small file can be a huge picture.

export const maxFile = 32 * 1024 * 1024; // bytes, as the server's command takes
export const maxDecoded = 200_000_000; // bytes: 50 megapixels of four bytes, half as many of 16-bit colours

/** Returns width × height × bytes a pixel, 0 for a file that is no picture of a kind that browsers decode. */
export function decodedBytes(file: Uint8Array<ArrayBuffer>): number {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const word = (at: number, length: number): string => String.fromCharCode(...file.subarray(at, at + length));
  try {
    if (word(1, 3) === "PNG") {
      return view.getUint32(16) * view.getUint32(20) * (view.getUint8(24) > 8 ? 8 : 4);
    }
    if (word(0, 3) === "GIF") return view.getUint16(6, true) * view.getUint16(8, true) * 4;
    if (word(0, 2) === "BM") return Math.abs(view.getInt32(18, true)) * Math.abs(view.getInt32(22, true)) * 4;
    if (view.getUint16(0) === 0xffd8) return jpegPixels(view) * 4;
    if (word(0, 4) === "RIFF" && word(8, 4) === "WEBP") return webpPixels(view, word(12, 4)) * 4;
    if (word(4, 4) === "ftyp") return boxPixels(file, view) * 8; // AVIF: ten bits and more
  } catch {
    // cut off inside its header
  }
  return 0;
}

/** The frame header of a JPEG (ITU-T T.81 section B.2.2): the largest of them, should there be several. */
function jpegPixels(view: DataView): number {
  let most = 0;
  for (let at = 2; at + 9 < view.byteLength; ) {
    const marker = view.getUint8(at + 1);
    if (view.getUint8(at) !== 0xff || marker === 0xff || marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) {
      at++;
      continue;
    }
    if (marker === 0xda) break;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      most = Math.max(most, view.getUint16(at + 5) * view.getUint16(at + 7));
    }
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return most;
}

/** The three kinds of WebP: RFC 9649 sections 2.5 to 2.7. */
function webpPixels(view: DataView, kind: string): number {
  const at24 = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 65536;
  if (kind === "VP8X") return (at24(24) + 1) * (at24(27) + 1);
  if (kind === "VP8 ") return (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff);
  const bits = view.getUint32(21, true);
  return kind === "VP8L" ? ((bits & 0x3fff) + 1) * (((bits >> 14) & 0x3fff) + 1) : 0;
}

/** The largest spatial extent ("ispe", ISO/IEC 23008-12 section 6.5.3) in the first 64 KB. */
function boxPixels(file: Uint8Array, view: DataView): number {
  let most = 0;
  for (let at = 0; at + 16 <= Math.min(file.length, 65536); at++) {
    if (file[at] === 0x69 && file[at + 1] === 0x73 && file[at + 2] === 0x70 && file[at + 3] === 0x65) {
      most = Math.max(most, view.getUint32(at + 8) * view.getUint32(at + 12));
    }
  }
  return most;
}

// Draws codes.
import { create, type Segment } from "../../vendor/qrcode/lib/core/qrcode.js";
import { utf8 } from "./base64url";

const quiet = 4; // modules of white around a code (ISO/IEC 18004)

/** A code to draw: what is in it, and how much of it may be lost. */
export interface Code {
  segments: Segment[];
  level: "L" | "M";
}

/** A credential's code: "shc:/" as bytes, then two digits a character as a numeric segment. */
export function cardCode(jws: string): Code {
  let digits = "";
  for (const c of jws) digits += String(c.charCodeAt(0) - 45).padStart(2, "0");
  return { segments: [{ data: utf8("shc:/"), mode: "byte" }, { data: digits, mode: "numeric" }], level: "L" };
}

/** A proof's code: its text as it is. */
export function proofCode(proof: string): Code {
  return { segments: [{ data: utf8(proof), mode: "byte" }], level: "L" };
}

/** An address in capitals, as small as it gets, for readers that type what they read. */
export function addressCode(address: string): Code {
  return { segments: [{ data: address, mode: "alphanumeric" }], level: "M" };
}

/** Draws the code onto the canvas in whole device pixels a module, as large as the canvas is shown. */
export function draw(canvas: HTMLCanvasElement, code: Code): void {
  const { size, data } = create(code.segments, { errorCorrectionLevel: code.level }).modules;
  const shown = canvas.clientWidth * devicePixelRatio;
  const scale = Math.max(3, Math.floor(shown / (size + 2 * quiet)));
  canvas.width = canvas.height = (size + 2 * quiet) * scale;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#000";
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (data[y * size + x]) pen.fillRect((x + quiet) * scale, (y + quiet) * scale, scale, scale);
    }
  }
}

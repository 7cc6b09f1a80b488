// Draws a credential's code: "shc:/" as bytes, then two digits a character as a numeric segment, level L.
import { create } from "../../vendor/qrcode/lib/core/qrcode.js";

const quiet = 4; // modules of white around a code (ISO/IEC 18004)

/** Returns the text of a credential's code. */
export function numeric(jws: string): string {
  let digits = "";
  for (const c of jws) digits += String(c.charCodeAt(0) - 45).padStart(2, "0");
  return digits;
}

/** Draws the code onto the canvas in whole device pixels a module, as large as the canvas is shown. */
export function draw(canvas: HTMLCanvasElement, jws: string): void {
  const bytes = new TextEncoder().encode("shc:/");
  const code = create([{ data: bytes, mode: "byte" }, { data: numeric(jws), mode: "numeric" }], { errorCorrectionLevel: "L" });
  const { size, data } = code.modules;
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

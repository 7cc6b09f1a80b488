// Draws codes.
import { correction, generate, mode, type Code as Modules } from "../../vendor/lean-qr/index.mjs";

const quiet = 4; // modules of white around a code (ISO/IEC 18004)

/** A code to draw: what is in it, and how much of it may be lost. */
export interface Code {
  data: Parameters<typeof generate>[0];
  level: "L" | "M";
}

const scheme = "shc:/";

/** What a credential's code says: "shc:/", then two digits a character. */
export function cardText(jws: string): string {
  let text = scheme;
  for (const c of jws) text += String(c.charCodeAt(0) - 45).padStart(2, "0");
  return text;
}

/** A credential's code: "shc:/" as bytes, then the digits as a numeric segment. */
export function cardCode(jws: string): Code {
  return {
    data: mode.multi(mode.ascii(scheme), mode.numeric(cardText(jws).slice(scheme.length))),
    level: "L",
  };
}

/** A proof's code: its text as it is. */
export function proofCode(proof: string): Code {
  return { data: mode.ascii(proof), level: "L" };
}

/** An address in capitals, as small as it gets, for readers that type what they read. */
export function addressCode(address: string): Code {
  return { data: mode.alphaNumeric(address), level: "M" };
}

/** How large a code's modules came out. */
export interface Drawn {
  module: number; // CSS pixels; 0 where the canvas is not shown
  modules: number; // of one side, without the white around
}

/**
 * Draws the code onto the canvas as large as its style allows, or into a room of so many CSS pixels. A module
 * gets whole device pixels, so that all are equally wide and sharp, unless that would take it below the three
 * CSS pixels that counters' cameras want (docs/facts/qr-codes.md#on-screens): then it fills the width, drawn
 * larger and scaled down smoothly, which keeps all equally wide too.
 */
export function draw(canvas: HTMLCanvasElement, code: Code, given?: number): Drawn {
  const level = correction[code.level]; // and no more: the smallest code has the largest modules
  const modules = generate(code.data, { minCorrectionLevel: level, maxCorrectionLevel: level });
  const { size } = modules;
  const side = size + 2 * quiet;
  canvas.style.width = canvas.style.imageRendering = "";
  canvas.dataset["modules"] = String(side); // with the white around
  const room = given ?? canvas.clientWidth;
  const fits = (room * devicePixelRatio) / side;
  const whole = Math.max(1, Math.floor(fits));
  const stretched = room === 0 || whole / devicePixelRatio < 3;
  const scale = room === 0 ? 8 : stretched ? 2 * Math.ceil(fits) : whole;
  canvas.width = canvas.height = side * scale;
  if (stretched) canvas.style.imageRendering = "auto";
  if (stretched && given) canvas.style.width = `${given}px`;
  if (!stretched) canvas.style.width = `${canvas.width / devicePixelRatio}px`;
  paint(canvas, modules, scale);
  return { module: room === 0 ? 0 : stretched ? room / side : scale / devicePixelRatio, modules: size };
}

function paint(canvas: HTMLCanvasElement, modules: Modules, scale: number): void {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#000";
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; x++) {
      if (modules.get(x, y)) pen.fillRect((x + quiet) * scale, (y + quiet) * scale, scale, scale);
    }
  }
}

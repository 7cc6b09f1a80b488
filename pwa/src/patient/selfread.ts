// Reads a code back off the pixels that this phone shows (ISO/IEC 18004): upright, unbroken, dark on light.
// It mends nothing: what a phone has drawn itself has no errors, and one that has is to be found. The
// counter's scanner is another program.

/** A picture by its red, green, blue and alpha bytes. */
interface Pixels {
  data: ArrayLike<number>;
  width: number;
  height: number;
}

/** What was read. */
interface Reading {
  text: string; // bytes as UTF-8
  version: number;
  module: number; // pixels of the picture
}

/** Why nothing was read: no code, modules of less than two pixels, or modules that contradict each other. */
export class Unreadable extends Error {
  constructor(readonly why: "nothing" | "small" | "damaged") {
    super(why);
  }
}

type Grid = (x: number, y: number) => number; // 1 is dark

/** Reads the only code of a picture. It throws an Unreadable. */
export function selfRead(picture: Pixels): Reading {
  const { grid, size, module } = locate(picture);
  const version = (size - 17) / 4;
  checkPatterns(grid, size, middlesOf(version, size));
  if (version >= 7) checkVersion(grid, size, version);
  const { level, mask } = format(grid, size);
  const words = codewords(grid, size, version, mask);
  return { text: segments(dataOf(words, version, level), version), version, module };
}

/**
 * Finds the code by its outermost dark pixels, and its size by the seven modules of the finder at the upper
 * left.
 */
function locate({ data, width, height }: Pixels): { grid: Grid; size: number; module: number } {
  const dark = (x: number, y: number): boolean => {
    const i = 4 * (y * width + x);
    return (data[i] ?? 255) * 299 + (data[i + 1] ?? 255) * 587 + (data[i + 2] ?? 255) * 114 < 128_000;
  };
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!dark(x, y)) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  if (right < 0) throw new Unreadable("nothing");
  const [w, h] = [right - left + 1, bottom - top + 1];
  let run = 0;
  while (left + run < width && dark(left + run, top)) run++;
  const size = 4 * Math.round((w / (run / 7) - 17) / 4) + 17;
  const [mx, my] = [w / size, h / size];
  if (size < 21 || size > 177 || Math.abs(mx - my) > 0.1 * mx) throw new Unreadable("damaged");
  const white = Math.min(left, top, width - 1 - right, height - 1 - bottom); // around it
  if (white < 3.5 * Math.min(mx, my)) throw new Unreadable("damaged");
  if (mx < 2 || my < 2) throw new Unreadable("small");
  return {
    grid: (x, y) => (dark(left + Math.floor((x + 0.5) * mx), top + Math.floor((y + 0.5) * my)) ? 1 : 0),
    size,
    module: Math.min(mx, my),
  };
}

/** The three finders, the alignment patterns and the two timing lines must be whole. */
function checkPatterns(grid: Grid, size: number, middles: [number, number][]): void {
  const rings = (cx: number, cy: number, radius: number, light: number): void => {
    for (let y = -radius; y <= radius; y++) {
      for (let x = -radius; x <= radius; x++) {
        if (grid(cx + x, cy + y) !== (Math.max(Math.abs(x), Math.abs(y)) === light ? 0 : 1)) {
          throw new Unreadable("damaged");
        }
      }
    }
  };
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) rings(x, y, 3, 2);
  for (const [x, y] of middles) rings(x, y, 2, 1);
  for (let i = 8; i < size - 8; i++) {
    if (grid(i, 6) !== 1 - (i & 1) || grid(6, i) !== 1 - (i & 1)) throw new Unreadable("damaged");
  }
}

/** The 18 bits of a version from 7 on, told twice. */
function checkVersion(grid: Grid, size: number, version: number): void {
  let rest = version;
  for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let i = 0; i < 18; i++) {
    const [a, b] = [size - 11 + (i % 3), Math.floor(i / 3)];
    if (grid(a, b) !== ((bits >>> i) & 1) || grid(b, a) !== ((bits >>> i) & 1)) {
      throw new Unreadable("damaged");
    }
  }
}

/** The level and mask, told twice in 15 bits. Levels by their order here: M, L, H, Q. */
function format(grid: Grid, size: number): { level: number; mask: number } {
  let [one, two] = [0, 0];
  for (let i = 0; i < 15; i++) {
    const y = i < 6 ? i : i < 8 ? i + 1 : size - 15 + i; // bit i down the column, and along the row
    const x = i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i;
    const [along, down] = [grid(x, 8), grid(8, y)];
    const [first, second] = i < 8 ? [down, along] : [along, down];
    one |= first << i;
    two |= second << i;
  }
  for (let data = 0; data < 32; data++) {
    let rest = data;
    for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
    if ((((data << 10) | rest) ^ 0x5412) === one && one === two) return { level: data >>> 3, mask: data & 7 };
  }
  throw new Unreadable("damaged");
}

/** Where alignment patterns stand, by their middle: on a grid, but not on the finders. */
function middlesOf(version: number, size: number): [number, number][] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = version === 32 ? 26 : Math.ceil((4 * version + 4) / (2 * count - 2)) * 2;
  const at = [6, ...Array.from({ length: count - 1 }, (_, i) => size - 7 - (count - 2 - i) * step)];
  return at
    .flatMap((x) => at.map((y): [number, number] => [x, y]))
    .filter(([x, y]) => x + y !== 12 && !(x === 6 && y === size - 7) && !(x === size - 7 && y === 6));
}

const masks: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** Reads the codewords in their zigzag of columns two wide, from the lower right, with the mask taken off. */
function codewords(grid: Grid, size: number, version: number, mask: number): number[] {
  const middles = middlesOf(version, size);
  const taken = (x: number, y: number): boolean => {
    if (x === 6 || y === 6 || (x < 9 && (y < 9 || y >= size - 8)) || (x >= size - 8 && y < 9)) return true;
    if (version >= 7 && ((x >= size - 11 && y < 6) || (y >= size - 11 && x < 6))) return true;
    return middles.some(([cx, cy]) => Math.abs(x - cx) < 3 && Math.abs(y - cy) < 3);
  };
  const turned = masks[mask];
  const words: number[] = [];
  let [bits, n] = [0, 0];
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    const up = ((right + 1) & 2) === 0;
    for (let i = 0; i < size; i++) {
      const y = up ? size - 1 - i : i;
      for (const x of [right, right - 1]) {
        if (taken(x, y)) continue;
        bits = (bits << 1) | (grid(x, y) ^ (turned?.(x, y) ? 1 : 0));
        if (++n % 8 === 0) {
          words.push(bits);
          bits = 0;
        }
      }
    }
  }
  return words;
}

// ISO/IEC 18004 table 9 by level (M, L, H, Q): check words of a block and number of blocks, version 1 to 40.
const checks = [
  [
    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  ],
  [
    7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30,
    30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
  ],
  [
    17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30, 30,
    30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
  ],
  [
    13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28,
    30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
  ],
];
const blocks = [
  [
    1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29,
    31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
  ],
  [
    1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17,
    18, 19, 19, 20, 21, 22, 24, 25,
  ],
  [
    1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42, 45,
    48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
  ],
  [
    1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38,
    40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
  ],
];

/** Parts the interleaved words into blocks, checks each, and returns their data. */
function dataOf(words: number[], version: number, level: number): number[] {
  const check = checks[level]?.[version - 1] ?? 0;
  const count = blocks[level]?.[version - 1] ?? 0;
  // Data words of a short block; the last ones have one more.
  const short = Math.floor(words.length / count) - check;
  const shorts = count - (words.length % count);
  const parts: number[][] = Array.from({ length: count }, () => []);
  let at = 0;
  for (let i = 0; i <= short; i++) {
    for (let b = i < short ? 0 : shorts; b < count; b++) parts[b]?.push(words[at++] ?? 0);
  }
  const data = parts.flatMap((p) => [...p]);
  for (let i = 0; i < check; i++) {
    for (const p of parts) p.push(words[at++] ?? 0);
  }
  if (!parts.every((p) => whole(p, check))) throw new Unreadable("damaged");
  return data;
}

/** Reports whether a Reed-Solomon block's syndromes are all zero, in GF(256) by x⁸+x⁴+x³+x²+1. */
function whole(block: number[], check: number): boolean {
  for (let i = 0, root = 1; i < check; i++, root = times(root, 2)) {
    if (block.reduce((sum, word) => times(sum, root) ^ word, 0) !== 0) return false;
  }
  return true;
}

function times(a: number, b: number): number {
  let product = 0;
  for (; b; b >>>= 1) {
    if (b & 1) product ^= a;
    a = (a << 1) ^ ((a >>> 7) * 0x11d);
  }
  return product;
}

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** Reads the segments: digits, capitals, bytes. */
function segments(data: number[], version: number): string {
  let at = 0;
  const readBits = (n: number): number => {
    let value = 0;
    for (let i = 0; i < n; i++, at++) value = value * 2 + (((data[at >>> 3] ?? 0) >>> (7 - (at & 7))) & 1);
    if (at > 8 * data.length) throw new Unreadable("damaged");
    return value;
  };
  const large = version < 10 ? 0 : version < 27 ? 1 : 2;
  const bytes: number[] = [];
  const addText = (text: string): number => bytes.push(...new TextEncoder().encode(text));
  while (at + 4 <= 8 * data.length) {
    const mode = readBits(4);
    if (mode === 0) break;
    if (mode === 1) {
      let n = readBits(10 + 2 * large);
      for (; n >= 3; n -= 3) addText(String(readBits(10)).padStart(3, "0"));
      if (n > 0) addText(String(readBits(3 * n + 1)).padStart(n, "0"));
    } else if (mode === 2) {
      let n = readBits(9 + 2 * large);
      for (; n >= 2; n -= 2) {
        const pair = readBits(11);
        addText((letters[Math.floor(pair / 45)] ?? "") + (letters[pair % 45] ?? ""));
      }
      if (n > 0) addText(letters[readBits(6)] ?? "");
    } else if (mode === 4) {
      for (let n = readBits(large === 0 ? 8 : 16); n > 0; n--) bytes.push(readBits(8));
    } else {
      throw new Unreadable("damaged");
    }
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

// Reads what a reader typed, whatever an input method or a keyboard layout made of it: credential/typed.go in
// the same words, and both are tested with credential/testdata/typed.json. The server reads every text again;
// here it is only told what it is.

const longRun = 40; // digits in a row, or characters of a JWS, that nothing else has
const maxHint = 16; // characters before the digits: "shc:/" in whatever form
// The keys 0 to 9 in kana mode (JIS X 6002)
const kanaDigits = ["わぬふあうえおやゆよ", "ワヌフアウエオヤユヨ"];
const jwsForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** What a text is: a credential's JWS, one of which a part is missing, or neither. */
type Read = { jws: string } | "incomplete" | null;

const unformatted = (text: string): string => text.normalize("NFKC").replace(/[\s\p{Cc}\p{Cf}]/gu, "");

/** Finds a credential in a text. */
export function readTyped(given: string): Read {
  let text = unformatted(given);
  if (text.startsWith("{")) {
    const card = cardOf(text);
    if (card === null) return null;
    text = unformatted(card);
  }
  const jws = typedJWS(text);
  if (jwsForm.test(jws)) return { jws };
  const kana = text.replace(/[ぁ-ヿ]/g, (c) => {
    const row = kanaDigits.find((r) => r.includes(c));
    return row ? String(row.indexOf(c)) : c;
  });
  const [, hint = "", digits = ""] = /^([^0-9]*)([0-9]+)$/.exec(kana.replace(/[-‐−ー,、]/g, "")) ?? [];
  const hinted = hint.toLowerCase() === "shc:/" || (digits.length >= longRun && [...hint].length <= maxHint);
  if (digits && hinted) return fromDigits(digits);
  const all = [...kana];
  const count = all.filter((c) => c >= "0" && c <= "9").length;
  const mostly =
    count >= longRun && count * 10 >= all.length * 9 && all.findIndex((c) => c >= "0" && c <= "9") <= maxHint;
  return mostly || (jws.length >= longRun && /^eyJ[\w.-]*$/.test(jws)) ? "incomplete" : null;
}

export function isCredential(text: string): boolean {
  const read = readTyped(text);
  return read !== null && read !== "incomplete";
}

/** Returns a credential's JWS, or the text as it is: one screen is the same however it was read. */
export function sameText(text: string): string {
  const read = readTyped(text);
  return read !== null && read !== "incomplete" ? read.jws : text;
}

function cardOf(text: string): string | null {
  const [card, ...more] = cardsOf(text);
  return card === undefined || more.length ? null : card;
}

/** Returns the credentials of a card file (SMART Health Cards, "Downloading"); none where it is none. */
export function cardsOf(text: string): string[] {
  try {
    const cards = (JSON.parse(text) as { verifiableCredential?: unknown }).verifiableCredential;
    return Array.isArray(cards) && cards.every((card) => typeof card === "string") ? cards : [];
  } catch {
    return [];
  }
}

function fromDigits(digits: string): Read {
  const jws = (digits.match(/../g) ?? []).map((pair) => String.fromCharCode(Number(pair) + 45)).join("");
  return digits.length % 2 === 0 && jwsForm.test(jws) ? { jws } : "incomplete";
}

/** Undoes what layouts and CapsLock did to a JWS; its header begins with eyJ. */
function typedJWS(text: string): string {
  const jws = text
    .replace(/=/g, "_")
    .replace(/[‐−ー]/g, "-")
    .replace(/。/g, ".");
  return jws.startsWith("EYj")
    ? jws.replace(/[A-Za-z]/g, (c) => (c < "a" ? c.toLowerCase() : c.toUpperCase()))
    : jws;
}

/** A key as it went down; caps: CapsLock went down before it in the same burst. */
export interface Stroke {
  code: string; // the place on the keyboard (KeyboardEvent.code)
  key: string; // what the layout makes of it, "Process" where an input method takes it
  shift: boolean;
  alt: boolean;
}

/**
 * Returns what a burst of keys types, by the places of the keys: letters and digits lie at the same ones on
 * Japanese and US keyboards, and the signs of a JWS too, whichever of the two the reader thinks it is. Other
 * signs become "." and so does what nobody knows. CapsLock counts where the reader pressed it itself. Keys
 * that have no place come from a program that types, and are what they say. With Alt held, digits are a
 * character's number.
 */
export function textOf(strokes: Stroke[]): string {
  let text = "";
  let caps = false;
  let number = "";
  for (const s of strokes) {
    const digit = /^Numpad([0-9])$/.exec(s.code)?.[1];
    if (s.alt && digit) {
      number += digit;
      continue;
    }
    if (number) text += String.fromCharCode(Number(number) % 256);
    number = "";
    if (s.code === "CapsLock") caps = !caps;
    else text += signOf(s, s.shift !== caps);
  }
  return number ? text + String.fromCharCode(Number(number) % 256) : text;
}

const typesNothing = /^(?:Shift|Control|Alt|Meta|CapsLock|NumLock|Lang|KanaMode|Convert|NonConvert)/;
const signs: Record<string, string> = {
  Slash: "/", NumpadDivide: "/", Minus: "-", NumpadSubtract: "-", Semicolon: ":", Quote: ":",
};

function signOf({ code, key, shift }: Stroke, capital: boolean): string {
  if (typesNothing.test(code) || typesNothing.test(key)) return "";
  if (!code || code === "Unidentified") return [...key].length === 1 ? key.normalize("NFKC") : ".";
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return capital ? letter : letter.toLowerCase();
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code)?.[1];
  if (digit) return digit;
  // the low line: Shift and "-" on a US keyboard, a key of its own on a Japanese one
  return shift && (code === "Minus" || code === "IntlRo") ? "_" : (signs[code] ?? ".");
}

/**
 * Returns what a burst means by itself: an online code's address, as far as it arrived, the digits of a
 * screen's code, or a JWS; else null. What a person typed just before is none of it.
 */
export function readBurst(text: string): string | null {
  const address = /HTTPS?[^0-9A-Z](?!.*HTTP).*\/C\/[0-9A-Z]+$/.exec(text.toUpperCase());
  if (address) return address[0];
  const digits = /^[^0-9]*([0-9]+)$/.exec(text)?.[1] ?? "";
  if (digits.length >= longRun) return `shc:/${digits}`;
  return /eyJ[\w-]+\.[\w-]+\.[\w-]+$/.exec(text)?.[0] ?? null;
}

// Spans of time in words, and how far this device's clock is off.
import { word } from "./words";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * From where on a clock's error is told: below, nobody needs to act and nothing is refused
 * (credential.ClockWords).
 */
const worthSaying = 20 * second;

/** Returns an age in words: seconds for two minutes, then minutes for two hours, then hours for two days. */
export function span(ms: number): string {
  if (ms < 2 * minute) return word("seconds", { n: Math.max(0, Math.floor(ms / second)) });
  if (ms < 2 * hour) return word("minutes", { n: Math.floor(ms / minute) });
  if (ms < 2 * day) return word("hours", { n: Math.floor(ms / hour) });
  return word("days", { n: Math.floor(ms / day) });
}

/**
 * Returns how far a clock is off, in words; empty when that is not worth saying. offset is how far it is
 * ahead, in ms.
 */
export function clockWords(offset: number, device: "phone" | "pc"): string {
  const far = Math.abs(offset);
  if (far < worthSaying) return "";
  let d = word("seconds", { n: Math.round(far / second) });
  if (far >= hour) {
    const hours = word("hours", { n: Math.floor(far / hour) });
    d = hours + word("minutes", { n: Math.floor((far % hour) / minute) });
  } else if (far >= minute) {
    d = word("minutes", { n: Math.round(far / minute) });
  }
  if (device === "phone") return word(offset > 0 ? "phoneFast" : "phoneSlow", { d });
  return word(offset > 0 ? "pcFast" : "pcSlow", { d });
}

/**
 * Returns how far this device's clock is ahead of the server's, which told its time between asking and now.
 */
export function measure(asked: number, serverTime: string): number {
  return (asked + Date.now()) / 2 - Date.parse(serverTime);
}

/** Returns a time of day in Japan: 10:42, or 10:42:07 with seconds. */
export function timeOfDay(at: number, seconds: boolean): string {
  return new Date(at).toLocaleTimeString("ja-JP", {
    timeZone: "Asia/Tokyo",
    hourCycle: "h23",
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
  });
}

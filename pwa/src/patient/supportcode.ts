// The number that tells a help desk the screen's state, and nothing of the person (docs/support.md;
// server/insurer/supportcode.go reads it): seven digits of mixed radix and a check digit, so that it can be
// read aloud.

/** Each member is a place in its table of docs/support.md. */
interface State {
  tier: number;
  age: number;
  network: number;
  stored: number;
  clock: number;
  browser: number;
  persisted: number;
  error: number;
}

const radix: [keyof State, number][] = [
  ["tier", 4],
  ["age", 8],
  ["network", 3],
  ["stored", 3],
  ["clock", 5],
  ["browser", 10],
  ["persisted", 3],
  ["error", 16],
];

/** Returns the eight digits of a state. */
export function supportCode(state: State): string {
  let value = 0;
  for (const [field, size] of radix) value = value * size + Math.min(Math.max(state[field], 0), size - 1);
  const digits = String(value).padStart(7, "0");
  return digits + String(checkDigit(digits));
}

/** ISO/IEC 7064, MOD 11,10: finds each single wrong digit and nearly all that changed places. */
function checkDigit(digits: string): number {
  let rest = 10;
  for (const d of digits) {
    const sum = (rest + Number(d)) % 10 || 10;
    rest = (2 * sum) % 11;
  }
  return (11 - rest) % 10;
}

const day = 24 * 60 * 60 * 1000;
const ages = [30_000, 90_000, 900_000, 7_200_000, day / 2, day];

/** The place of an age in ms; 0 where nothing is shown. */
export function agePlace(ms: number | null): number {
  if (ms === null) return 0;
  const at = ages.findIndex((limit) => ms < limit);
  return at < 0 ? 7 : at + 1;
}

/** The place of a clock's offset in ms, ahead of the server's. */
export function clockPlace(offset: number): number {
  const far = Math.abs(offset);
  return far < 20_000 ? 0 : (offset > 0 ? 1 : 3) + (far < 120_000 ? 0 : 1);
}

/** The place of a browser's family. */
export function browserPlace(agent: string, standsAlone: boolean): number {
  const has = (...words: string[]): boolean => words.some((w) => agent.includes(w));
  if (has(" Line/", "FBAN", "FBAV", "Instagram", "; wv)")) return 8; // a browser within another app
  if (has("iPhone", "iPad")) return standsAlone ? 4 : has("CriOS", "FxiOS", "EdgiOS") ? 5 : 3;
  if (has("Firefox/")) return 6;
  if (has("SamsungBrowser/")) return 2;
  if (has("Android")) return 1;
  if (has("Edg/", "Chrome/")) return 7;
  return has("Safari/") ? 9 : 0;
}

const errors = [
  "",
  "network",
  "session.missing",
  "eligibility.lost",
  "credential.unfit",
  "credential.too_long",
  "login.",
  "device.over",
  "device.unknown",
  "person.",
  "server.",
  "request.too_many",
  "request.",
  "code.",
  "phone.",
];

/** The place of the last error: its key, or the beginning of it. */
export function errorPlace(key: string): number {
  const at = errors.findIndex((e) => (e.endsWith(".") ? key.startsWith(e) : key === e));
  return at < 0 ? 15 : at;
}

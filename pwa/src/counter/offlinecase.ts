// A case as the server would answer with it, made of what the console verified itself
// (server/web/counter/caseview.go).
import type { Sentence } from "../shared/local";
import { word, type Word } from "../shared/words";
import type { Case, Comparison } from "./casedata";
import type { Items } from "./offlinepayload";
import { headline, type Verdict } from "./offlineverify";

/** The sentences that the server gave in the morning, by their keys. */
type Sentences = Record<string, Sentence>;

/** What a case is made of. */
export interface Parts {
  id: string;
  verdict: Verdict;
  nonce: string;
  visual: string[];
  now: number; // ms
}

const ownWords: Record<string, Word> = { clock: "offlineClock", document: "offlinePDF" };

const own = (text: string): Sentence => ({ ja: text, en: text }); // in the page's language already

function sentence(all: Sentences, key: string, values: Record<string, Sentence> = {}): Sentence {
  const said = all[key] ?? { ja: key, en: key };
  const fill = (text: string, language: keyof Sentence): string =>
    text.replace(/\{(\w+)\}/g, (place, name: string) => values[name]?.[language] ?? place);
  return { ja: fill(said.ja, "ja"), en: fill(said.en, "en") };
}

/** The day of a time in Japan, in both languages. */
function dayOf(ms: number): Sentence {
  const at = new Date(ms + 9 * 3_600_000);
  return { ja: `${at.getUTCMonth() + 1}月${at.getUTCDate()}日`, en: at.toISOString().slice(0, 10) };
}

/** What the server gave of a morning to make cases of. */
export interface Given {
  sentences: Sentences;
  askKeys: string[];
  compare: Comparison[];
}

export function caseOf({ sentences: all, askKeys, compare }: Given, of: Parts): Case {
  const v = of.verdict;
  const checks = v.checks.map((c) => ({
    name: c.name,
    result: c.result,
    ...(ownWords[c.name]
      ? own(word(ownWords[c.name]!))
      : sentence(all, c.key, c.day === undefined ? {} : { day: dayOf(c.day * 1000) })),
  }));
  const next = v.valid
    ? own(word("offlineByEye"))
    : v.awaits
      ? sentence(all, "console.next.second_code")
      : { ja: checks[0]?.ja ?? "", en: checks[0]?.en ?? "" };
  const issued = v.issuedAt === null ? null : v.issuedAt * 1000;
  const shown = issued !== null && (v.valid || v.awaits);
  return {
    id: of.id,
    outcome: "",
    nonce: of.nonce,
    unchecked: !v.understood,
    verdict: {
      valid: v.valid,
      awaits: v.accepts,
      tier: v.tier,
      issuerName: v.issuerName,
      issuedAt: issued === null ? null : new Date(issued).toISOString(),
      headline: sentence(all, `verdict.headline.${headline(v)}`),
      registered: shown ? sentence(all, "console.registered", { day: dayOf(issued) }) : null,
      next,
      checks,
      ...(v.representative ? { representative: sentence(all, "console.representative") } : {}),
    },
    acceptable: v.valid,
    compare,
    eligibility: v.items ? person(v.items, of.now) : null,
    method: sentence(all, "console.method.n1e"),
    ask: askKeys.map((key) => sentence(all, key).ja),
    visual: of.visual,
    cardRefused: false,
    chipPassed: false,
    card: null,
  };
}

// The first days of the eras (eligibility/era.go).
const eras = [
  ["令和", "R", "2019-05-01"],
  ["平成", "H", "1989-01-08"],
  ["昭和", "S", "1926-12-25"],
  ["大正", "T", "1912-07-30"],
  ["明治", "M", "1868-01-25"],
] as const;

function japanese(day: string): string {
  if (!day) return "";
  const [year = 0, month, date] = day.split("-").map(Number);
  const era = eras.find(([, , from]) => day >= from);
  const n = era ? year - Number(era[2].slice(0, 4)) + 1 : 0;
  return `${era ? `${era[0]}${n === 1 ? "元" : n}` : `西暦${year}`}年${month}月${date}日`;
}

function eraDigits(day: string): string {
  const era = eras.find(([, , from]) => day >= from);
  if (!era) return "";
  const n = String(Number(day.slice(0, 4)) - Number(era[2].slice(0, 4)) + 1).padStart(2, "0");
  return `${era[1]}${n}.${day.slice(5, 7)}.${day.slice(8)}`;
}

function person(e: Items, now: number): Record<string, string | number> {
  const today = new Date(now + 9 * 3_600_000).toISOString().slice(0, 10);
  const years = Number(today.slice(0, 4)) - Number(e.birthDate.slice(0, 4));
  return {
    insurerNumber: e.insurer.replace(/^00/, ""),
    insurerName: e.insurerName,
    symbol: e.symbol,
    number: e.number,
    branchNumber: e.branchNumber,
    name: e.name,
    kana: e.kana,
    birthDate: e.birthDate,
    birthDateJa: japanese(e.birthDate),
    birthDateEra: eraDigits(e.birthDate),
    age: Math.max(0, years - (today.slice(5) < e.birthDate.slice(5) ? 1 : 0)),
    sex: { male: "男", female: "女" }[e.sex] ?? "",
    share: e.share,
    shareText: e.share ? `${Math.floor(e.share / 10)}割` : "",
    validFrom: japanese(e.validFrom),
    validUntil: japanese(e.validUntil),
  };
}

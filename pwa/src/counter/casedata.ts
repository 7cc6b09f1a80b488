// A case as the API of the counter answers with it (POST /api/v1/counter/cases, and every step after that).
import type { Sentence } from "../shared/local";
import type { Typed } from "./paper-kinds";

/** One line of what was checked. */
export interface Check extends Sentence {
  name: string;
  result: "passed" | "failed" | "not checked";
}

/** What the screen is worth. */
interface Verdict {
  valid: boolean;
  awaits: boolean; // for the second code
  tier: string;
  issuerName?: string;
  issuedAt: string | null;
  headline: Sentence;
  registered: Sentence | null; // of which day the contents are
  next: Sentence;
  checks: Check[];
  representative?: Sentence; // the phone is a representative's
}

/** What an OQS answer says of itself. All but "valid" warn. */
interface Statement {
  key: string;
  warns: boolean;
  headline: Sentence;
  next: Sentence;
}

/** What the check of the card came to. */
interface CardCheck {
  result: string;
  headline: Sentence;
  next: Sentence;
  checks: Check[];
  proves: string[];
  notProven: string[];
}

/** What staff tapped: the answers to the three questions. */
export interface Answers {
  card?: string;
  shows?: string;
  place?: string;
}

/** How one item that the chip told compares with the screen. */
interface Compared extends Sentence {
  name: string;
  result: "equal" | "different" | "missing";
}

/** Of a case without a screen: by which way it goes, and who it is. */
export interface Way {
  code: string;
  name: Sentence;
  answers: Answers;
  person?: string;
  birthDateJa?: string;
  number?: string;
  contact?: string;
  belongs?: string;
  reading?: { name: string; sex: string; address: string }; // of the chip, in the answer alone
}

/** One thing that staff compare by eye. */
export interface Comparison extends Sentence {
  code: string;
  besideChip: boolean; // also where the chip was confirmed
}

/** What staff saw and typed, of a case without a screen of ours. */
interface Paper {
  kind: Typed["kind"];
  typed: Typed;
  byCard: boolean; // it is shown beside a card
}

/** A case. */
export interface Case {
  id: string;
  outcome: string;
  unchecked?: boolean; // its screen cannot be checked now: by eye and for a reason, or not at all
  nonce?: string;
  verdict: Verdict;
  acceptable: boolean; // once the person was checked: a genuine screen, or a paper that the rules accept
  compare: Comparison[];
  paper?: Paper;
  eligibility: null | Record<string, string | number>;
  method: { ja: string };
  ask: string[];
  visual: string[];
  cardRefused: boolean; // by any check
  oqsSays?: Statement[]; // the gravest first
  chipPassed: boolean; // ground enough to accept, with what compare has besideChip
  card: null | CardCheck;
  patientNumber?: string; // the clinic's own (診察券番号)
  parked?: Sentence; // somebody goes on with it: of what time it is
  text?: { result: string; headline: Sentence; next: Sentence; fields: Compared[] };
  way?: Way;
  takeBack?: number; // ms for which the record can still be taken back
}

/** Whether what is shown belongs to a card: a certificate stands alone, and so does a login on a phone. */
export const hasCard = (c: Case | null): boolean => !c?.paper || c.paper.byCard;

/** Reports whether a screen failed a check; a clock that is off is none of its faults. */
export const screenFailed = (c: Case): boolean =>
  c.verdict.checks.some((check) => check.result === "failed" && check.name !== "clock");

/** Whether a chip that answered for the birth date told another name: a twin's card, or a new name. */
export const tellsAnotherName = (c: Case): boolean =>
  !c.cardRefused && !c.chipPassed &&
  [c.card, c.text].some((check) => check?.result === "confirmed" || check?.result === "unverified") &&
  !!c.text?.fields.some((item) => item.name === "name" && item.result === "different");

// The papers and screens without a signature that staff pick by one press, in the order of their keys, and
// what is typed of them (POST /api/v1/counter/papers).
import type { Word } from "../shared/words";

export type Kind = "P1" | "P2" | "P3" | "N1" | "C1";

/** A form as the API takes it. */
export interface Typed {
  kind: Kind;
  insurerNumber: string;
  symbol: string;
  number: string;
  branch: string;
  birthDate: string;
  name: string;
  kana: string;
  until: string;
  share: number; // percent; 0: not printed
  medicalExpense: boolean; // 特別療養 stands on it
  unfinished?: boolean; // what is not typed, or wrong, is left out
}

export type Field = Exclude<keyof Typed, "kind" | "share" | "medicalExpense" | "unfinished">;

/** The fields in the order in which papers print them. */
export const fields: Field[] = ["insurerNumber", "symbol", "number", "branch", "birthDate", "name", "kana",
  "until"];

/** The kinds, each with its name and what staff have to know of it. */
export const kinds: { kind: Kind; name: Word; help: Word }[] = [
  { kind: "P1", name: "paperP1", help: "paperHelpP1" },
  { kind: "P2", name: "paperP2", help: "paperHelpP2" },
  { kind: "P3", name: "paperP3", help: "paperHelpP3" },
  { kind: "N1", name: "paperN1", help: "paperHelpN1" },
  { kind: "C1", name: "paperC1", help: "paperHelpC1" },
];

/** What must be gone through of a kind; the rest is reached by Tab. 後期高齢者医療 has neither 記号 nor 枝番. */
export function path(kind: Kind, insurerNumber: string): Field[] {
  const all: Field[] = isElderly(insurerNumber)
    ? ["insurerNumber", "number", "birthDate"]
    : ["insurerNumber", "symbol", "number", "branch", "birthDate"];
  return kind === "C1" ? [...all, "until"] : all;
}

/** Whether a number is of 後期高齢者医療, by its first digits: the server decides. */
export const isElderly = (insurerNumber: string): boolean => /^39\d{6}$/.test(insurerNumber);

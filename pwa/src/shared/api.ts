// Calls to our own origin. A problem document becomes an error whose message is its sentence in the page's
// language.
import { within } from "./within";

// What our problem documents' type begins with; the rest is the problem's key.
const kind = "urn:madoguchi:problem:";

export class Problem extends Error {
  /** field is the field of the request at fault, if one is. */
  constructor(readonly status: number, readonly key: string, message: string, readonly field = "") {
    super(message);
  }
}

let failure = "";

/** Returns the key of the last refusal, "network" for a lost request, and nothing before the first. */
export const lastFailure = (): string => failure;

/** Returns a refusal that no answer of the server stands for, as the last one. */
export function refusal(key: string, message: string): Problem {
  failure = key;
  return new Problem(403, key, message);
}

/**
 * Reports whether an error says nothing about what was asked: no network, somebody else's page in its place,
 * or a server in trouble.
 */
export function unreachable(e: unknown): boolean {
  return !(e instanceof Problem) || e.key === "" || e.status >= 500 || e.status === 429;
}

function plain(patience: number): RequestInit {
  return { cache: "no-store", credentials: "same-origin", signal: within(patience) };
}

/**
 * Fetches a file of our own origin. It rejects where that leads elsewhere, to a login, or takes longer than
 * patience.
 */
export function fetchFile(path: string, patience: number): Promise<Response> {
  return fetch(path, { ...plain(patience), redirect: "error" });
}

interface ProblemDocument {
  type?: string;
  detail?: string; // in the reader's language
  detailWithReadings?: string; // as ruby.ts takes them
  ja?: string;
  field?: string;
}

/**
 * Sends a request with an optional JSON body and returns the JSON answer; null where there is none. A lost
 * request ends with patience.
 */
export async function call<T>(method: string, path: string, body?: unknown, patience = 30_000): Promise<T> {
  const init: RequestInit = { ...plain(patience), method };
  if (body !== undefined) {
    init.headers = { "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  return answerTo<T>(path, init);
}

/** Posts a file's bytes, and returns the JSON answer as call does. */
export function sendFile<T>(path: string, file: Blob, type: string, patience: number): Promise<T> {
  const headers = { "Content-Type": type };
  return answerTo<T>(path, { ...plain(patience), method: "POST", headers, body: file });
}

async function answerTo<T>(path: string, init: RequestInit): Promise<T> {
  const answer = await fetch(path, init).catch((e: unknown) => {
    failure = "network";
    throw e;
  });
  if (answer.ok) return (answer.status === 204 ? null : await answer.json()) as T;
  let problem: ProblemDocument = {};
  try {
    problem = (await answer.json()) as ProblemDocument;
  } catch {
    // not from our program: the status has to do
  }
  failure = problem.type?.startsWith(kind) ? problem.type.slice(kind.length) : "other";
  throw new Problem(
    answer.status,
    problem.type?.startsWith(kind) ? failure : "",
    saidBy(problem) ?? `HTTP ${answer.status}`,
    problem.field,
  );
}

/** Returns a problem's sentence, with its readings where the page shows them. */
function saidBy({ detail, detailWithReadings, ja }: ProblemDocument): string | undefined {
  const furigana = document.documentElement.classList.contains("furigana");
  return (furigana ? detailWithReadings : undefined) ?? detail ?? ja;
}

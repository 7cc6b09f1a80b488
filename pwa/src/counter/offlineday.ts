// A day without the server; #offline-note tells of it. The console is made ready while the server answers:
// it fetches what screens are verified by, and registers its own key. While the server is out of reach it
// answers in its place; what it recorded is sent when the server is back (docs/offline.md).
import { call, Problem } from "../shared/api";
import { word } from "../shared/words";
import { ticks } from "./accept";
import { standsIn } from "./ask";
import type { Case } from "./casedata";
import { now as serverNow } from "./clock";
import { atHand } from "./current";
import { opener } from "./hand";
import { caseOf, type Given } from "./offlinecase";
import { chainOf, makeReady, record, send, unsent } from "./offlinechain";
import { showOffline } from "./offlinenote";
import { holdsMyNumber } from "./offlinereason";
import { forgetKept, keep, kept } from "./offlinestore";
import { type Beliefs, isDamaged, prove, verify, type Verdict } from "./offlineverify";
import { isCredential, sameText } from "./typed";

/** What the server gave of a morning, and when. */
interface Day extends Given {
  serverTime: string;
  facility: string;
  staff: string;
  staffName: string;
  beliefs: Beliefs & { version: number; issuedAt: number };
  offset: number; // ms that this PC's clock was ahead
  ends: number; // ms
}

interface Tile {
  id: string;
  name: string;
}

/** A case that this console opened. */
interface Own {
  jws: string;
  proof: string;
  nonce: string;
  verdict: Verdict;
  read: number; // ms: when it was judged
}

const readyAgain = 30 * 60_000; // ms

let day: Day | null = null;
let tiles: Tile[] = [];
let staff = ""; // who acts, as claimed
let there = true;
let waits = { own: 0, others: 0 };
let latest = 0; // the claimed time of the last record
let heard: { server: number; ran: number } | null = null; // what the server said, and this page's own clock
const own = new Map<string, Own>();

/** The server's time as this page reckons it: a clock that is put back while it runs changes nothing. */
function reckoned(): number {
  const wall = heard ? serverNow() : Date.now() - (day?.offset ?? 0);
  return Math.round(Math.max(wall, heard ? heard.server + performance.now() - heard.ran : 0));
}

/** Makes the console ready for a day, while the server answers. */
async function prepare(): Promise<void> {
  const asked = Date.now();
  const got = await call<Omit<Day, "offset" | "ends">>("GET", "/api/v1/counter/offline");
  await makeReady(got.facility, Date.parse(got.serverTime));
  const { ends = 0, at = 0 } = (await chainOf(got.facility)) ?? {};
  const offset = Math.round((asked + Date.now()) / 2 - Date.parse(got.serverTime));
  day = { ...got, offset, ends };
  latest = Math.max(latest, at);
  staff = got.staff;
  await keep("day", day);
  // the demo's staff are picked by name
  const members = document.getElementById("change-acting") !== null;
  const known = members
    ? await call<{ tiles: Tile[] }>("GET", "/api/v1/staff/tiles").catch(() => ({ tiles: [] }))
    : { tiles: [] };
  tiles = known.tiles.map(({ id, name }) => ({ id, name }));
  await keep("tiles", tiles);
}

/** Sends what waits, and says how that went. */
async function deliver(): Promise<void> {
  if (!day) return;
  waits = await unsent(day.facility);
  if (waits.own) {
    const { sent, marked } = await send(day.facility);
    waits = await unsent(day.facility);
    show({ sent, marked });
  } else show();
}

function show(sent = { sent: 0, marked: 0 }): void {
  showOffline({
    away: !there,
    ready: ready(),
    fetched: Date.parse(day?.serverTime ?? ""),
    list: (day?.beliefs.issuedAt ?? 0) * 1000,
    statuses: Object.values(day?.beliefs.statuses ?? {}).map((s) => s.issuedAt * 1000),
    ends: day?.ends ?? 0,
    now: reckoned(),
    waits,
    ...sent,
  });
}

/** Reports whether the console can answer: what it fetched is of today. */
const ready = (): boolean => day !== null && day.ends > 0;

let working = false;
let prepared = 0;

async function tick(): Promise<void> {
  if (working) return;
  working = true;
  try {
    if (there && Date.now() - prepared > readyAgain) {
      await prepare();
      prepared = Date.now();
    }
    if (there) await deliver();
    else show();
  } catch (e) {
    // Somebody has to sign in: what was fetched for who did is not used any more.
    if (e instanceof Problem && (e.status === 401 || e.status === 403)) {
      day = null;
      await forgetKept();
    }
  } finally {
    working = false;
  }
}

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const newID = (): string =>
  [...crypto.getRandomValues(new Uint8Array(26))].map((n) => base32[n % 32]).join("");

const problem = (key: Parameters<typeof word>[0]): Problem => new Problem(0, "counter.offline", word(key));

function shown(id: string, visual: string[] = ticks()): Case {
  const one = own.get(id);
  if (!one || !day) throw problem("offlineNotReady");
  const { verdict, nonce } = one;
  return caseOf(day, { id, verdict, nonce, visual, now: reckoned() });
}

/** The time by which screens are judged: it runs one way. */
const judgedAt = (): number => Math.max(reckoned(), latest);

async function judged(jws: string, at: number): Promise<Verdict> {
  if (!day) throw problem("offlineNotReady");
  return verify(isCredential(jws) ? jws : "", day.beliefs, at);
}

async function openCase(text: string, fromPDF = false): Promise<Case> {
  const jws = sameText(text.trim());
  const read = judgedAt();
  const verdict = await judged(jws, read);
  const foreign = !isCredential(jws);
  if (foreign) {
    verdict.understood = false; // a number, or what only the server knows
    verdict.checks = [{ name: "form", result: "not checked", key: "offline.not_understood" }];
  }
  if (!foreign && isDamaged(verdict)) throw problem("offlineDamaged");
  // the code is judged, and neither the PDF's signature nor what it shows
  if (fromPDF) verdict.checks.push({ name: "document", result: "not checked", key: "" });
  const id = newID();
  own.set(id, { jws: jws.slice(0, 4000), proof: "", nonce: "", verdict, read });
  return shown(id, []);
}

async function proven(id: string, text: string): Promise<Case> {
  if (!day) throw problem("offlineNotReady");
  const c = atHand();
  const one = own.get(id) ?? { jws: sameText(opener()), proof: "", nonce: c?.nonce ?? "" };
  const proof = sameText(text.trim());
  const read = judgedAt();
  const fresh = await judged(one.jws, read);
  const verdict = await prove(fresh, { proof, jws: one.jws, nonce: one.nonce }, day.beliefs, read);
  own.set(id, { ...one, proof, verdict, read });
  return shown(id, []);
}

/** Ends a case: the console's own, or one that the server had opened before it was gone. */
async function endCase(id: string, outcome: string, given: string): Promise<{ offline: true }> {
  const c = atHand();
  if (!day || !c) throw problem("offlineNotReady");
  const visual = ticks();
  const reason = given.trim();
  if (holdsMyNumber(reason)) throw problem("offlineMyNumber");
  const all = visual.length === c.compare.length;
  if (outcome !== "accepted" && !reason) throw problem("offlineReason");
  if (outcome === "accepted") {
    if (c.cardRefused) throw problem("copyRefused");
    if (!c.acceptable && !c.unchecked) throw problem("offlineRefused");
    if (c.unchecked ? !(all && reason) : !(c.chipPassed || all || reason)) throw problem("offlineEyeReason");
  }
  const one = own.get(id);
  const text = one?.jws ?? sameText(opener());
  const at = reckoned();
  await record(day.facility, {
    case: id,
    at,
    read: one?.read ?? 0,
    heard: Math.min(at, heard?.server ?? Date.parse(day.serverTime)),
    since: heard ? Math.round(performance.now() - heard.ran) : -1,
    outcome,
    reason,
    visual,
    staff,
    text: one || isCredential(text) ? text : "",
    proof: one?.proof ?? "",
    nonce: one?.nonce ?? "",
    valid: c.acceptable,
  });
  latest = Math.max(latest, at);
  own.delete(id);
  waits.own++;
  show();
  return { offline: true };
}

interface Asked {
  text?: string;
  texts?: string[];
  checks?: string[];
  outcome?: string;
  reason?: string;
  member?: string;
}

async function answer(path: string, body: unknown): Promise<unknown> {
  const asked = (body ?? {}) as Asked;
  if (path.endsWith("/staff/tiles")) {
    return { tiles: tiles.map((t) => ({ ...t, hasPin: true, locked: false, acts: t.id === staff })) };
  }
  if (path.endsWith("/staff/acting")) {
    staff = asked.member ?? staff; // nobody can check the PIN: the record says so
    return { name: tiles.find((t) => t.id === staff)?.name ?? staff };
  }
  if (path.endsWith("/pdf")) return openCase(asked.text ?? "", true);
  if (path.endsWith("/people")) return { people: await people(asked.texts ?? []) };
  const [, id, step] = /\/cases(?:\/(\w+)\/([\w-]+))?$/.exec(path) ?? [];
  if (!id) return openCase(asked.text ?? "");
  switch (step) {
    case "proof":
      return proven(id, asked.text ?? "");
    case "challenge": {
      const one = own.get(id);
      if (!one) throw problem("offlineCard");
      const [n = 0] = crypto.getRandomValues(new Uint16Array(1));
      own.set(id, { ...one, nonce: String(n % 10_000).padStart(4, "0") });
      return shown(id, []);
    }
    case "visual":
      return own.has(id) ? shown(id, asked.checks ?? []) : { ...atHand(), visual: asked.checks ?? [] };
    case "record":
      return endCase(id, asked.outcome ?? "", asked.reason ?? "");
  }
  throw problem(step === "take-back" ? "offlineNoBack" : "offlineCard");
}

/** Whose the codes of a picture are. */
async function people(texts: string[]): Promise<unknown[]> {
  return Promise.all(
    texts.map(async (text) => {
      const read = judgedAt();
      const verdict = await judged(sameText(text), read);
      own.set("", { jws: sameText(text), proof: "", nonce: "", verdict, read });
      const { eligibility: e, verdict: said } = shown("", []);
      own.delete("");
      const of = (item: string): string => String(e?.[item] ?? "");
      const [name, birthDateJa, insurerName] = [of("name"), of("birthDateJa"), of("insurerName")];
      return { text, name, birthDateJa, insurerName, headline: said.headline };
    }),
  );
}

standsIn({
  owns: (path) => own.has(/\/cases\/(\w+)\//.exec(path)?.[1] ?? ""),
  ready,
  answer,
  heard: (now, serverTime) => {
    const back = now && !there;
    there = now;
    if (now && serverTime) heard = { server: Date.parse(serverTime), ran: performance.now() };
    if (back || !now) void tick();
  },
});

/** Begins: with what this browser kept, and then with the server. */
export async function begin(): Promise<void> {
  day = await kept<Day>("day").catch(() => null);
  tiles = (await kept<Tile[]>("tiles").catch(() => null)) ?? [];
  if (day) {
    staff = day.staff;
    latest = (await chainOf(day.facility))?.at ?? 0;
    waits = await unsent(day.facility);
  }
  await tick();
  setInterval(() => void tick(), 5_000);
}

// Verifies a screen in the page while the server cannot: credential/verify.go, check by check, against what
// the server gave in the morning. Whatever this program does not understand is "not checked here": it can be
// parked, or accepted for a reason and by eye, and is never shown as genuine.
import { type Bytes, inflate, type Jwk, looseBytes, looseJson, Malformed, NotUnderstood, type Parts, record,
  sha256, signedBy, split, strictBytes, strictJson } from "./offlinejws";
import { byRepresentative, issued, itemsOf, readPayload, ridIndex, tierOf, type Items, type Payload,
  type Tier } from "./offlinepayload";

interface Issuer {
  iss: string;
  name: string;
  insurerNumbers: string[];
  jwks: { keys: Jwk[] };
}

/** An issuer's list of revoked copies: zlib of one bit an index, base64url. */
interface Status {
  bits: string;
  issuedAt: number; // s
  expiresAt: number;
}

/** What screens are judged by. Times are seconds, clock errors ms: how far the server's clock is ahead. */
export interface Beliefs {
  expiresAt: number; // of the trust list; 0: never
  issuers: Issuer[];
  statuses: Record<string, Status>;
  skew: { general: number; issuers: Record<string, number> };
}

interface Checked {
  name: string;
  result: "passed" | "failed" | "not checked";
  key: string; // of the catalogue
  day?: number; // s, for the sentence
}

export interface Verdict {
  valid: boolean;
  awaits: boolean; // only the second code is missing
  accepts: boolean; // a second code can still make it valid
  understood: boolean;
  tier: Tier | "";
  issuer: string;
  issuerName: string;
  issuedAt: number | null; // s
  expiresAt: number | null;
  holder: string;
  representative: boolean;
  checks: Checked[];
  items: Items | null;
}

const maxText = 64 << 10;
const maxPayload = 32 << 10;
const maxBits = 2 ** 27 / 8;
const liveLeeway = 15;
const otherLeeway = 60;
const worthSaying = 20_000;
const correctable = 120_000;
const proofLife = 45_000;

/** A verdict that is being made. */
class Judge {
  readonly v: Verdict = {
    valid: false,
    awaits: false,
    accepts: false,
    understood: true,
    tier: "",
    issuer: "",
    issuerName: "",
    issuedAt: null,
    expiresAt: null,
    holder: "",
    representative: false,
    checks: [],
    items: null,
  };

  add(name: string, result: Checked["result"], key = "", day?: number, whole = ""): void {
    const end = { passed: "passed", failed: "failed", "not checked": "not_checked" }[result];
    this.v.checks.push({
      name,
      result,
      key: whole || `verdict.${name}.${key || end}`,
      ...(day === undefined ? {} : { day }),
    });
  }

  pass = (name: string, key = "", day?: number): void => this.add(name, "passed", key, day);
  fail = (name: string, key = ""): void => this.add(name, "failed", key);
  skip = (name: string, key = "", day?: number): void => this.add(name, "not checked", key, day);

  /** Ends the verdict: the worst first. */
  done(): Verdict {
    return settled(this.v);
  }
}

const order = { failed: 0, "not checked": 1, passed: 2 };

function settled(v: Verdict): Verdict {
  const checks = [...v.checks].sort((a, b) => order[a.result] - order[b.result]);
  const open = (except: string[]): boolean =>
    checks.some((c) => c.result === "failed" || (c.result === "not checked" && !except.includes(c.name)));
  const said = v.items !== null && v.understood;
  const valid = said && !open(["revocation"]);
  const awaits = said && v.tier === "screen" && !valid && !open(["revocation", "holder"]);
  const onlyHolder = checks.every((c) => c.result !== "failed" || c.name === "holder");
  const accepts = awaits || (said && v.tier === "screen" && !valid && onlyHolder);
  return { ...v, checks, valid, awaits, accepts };
}

/** Verifies a JWS at a time (ms, as the server tells it). It never fails. */
export async function verify(jws: string, by: Beliefs, at: number): Promise<Verdict> {
  const judge = new Judge();
  try {
    await look(judge, jws, by, at);
  } catch (e) {
    if (!(e instanceof NotUnderstood)) throw e;
    const none = new Judge();
    none.v.understood = false;
    none.v.checks.push({ name: "form", result: "not checked", key: "offline.not_understood" });
    return none.done();
  }
  return judge.done();
}

async function look(judge: Judge, jws: string, by: Beliefs, at: number): Promise<void> {
  const { v } = judge;
  if (jws.length > maxText) return judge.fail("form");
  const parts = readHeader(jws);
  if (!parts) return failForm(judge, jws);
  judge.pass("form");
  const kid = parts.header["kid"];
  const owners = by.issuers.filter((i) => i.jwks.keys.some((k) => k.kid === kid));
  const key = owners[0]?.jwks.keys.find((k) => k.kid === kid);
  if (!key) {
    if (await lacks(parts.body, parts.signature)) return judge.fail("signature", "damaged");
    judge.fail("issuer");
    return judge.skip("signature");
  }
  if (!(await signedBy(key, parts))) {
    if (owners.length === 1) v.issuerName = owners[0]?.name ?? "";
    return judge.fail("signature", (await lacks(parts.body, parts.signature)) ? "damaged" : "");
  }
  const p = await payloadOf(parts);
  if (!p || !isISS(p.iss)) {
    judge.pass("signature");
    return judge.fail("content");
  }
  v.issuer = p.iss;
  const owner = owners.find((o) => o.iss === p.iss);
  if (!owner) return judge.fail("issuer");
  judge.pass("signature");
  v.issuerName = owner.name;
  const clocks = clocksOf(by, p.iss, at);
  const ended = by.expiresAt ? clocks.day / 1000 - by.expiresAt : -1;
  if (ended > 7 * 86_400) judge.skip("issuer", "not_checked_overdue");
  else judge.pass("issuer", ended > 30 ? "passed_stale" : "");
  const [tier, items] = [tierOf(p), itemsOf(p)];
  if (!tier || !items) return judge.fail("content");
  judge.pass("content");
  Object.assign(v, { tier, issuedAt: issued(p), expiresAt: p.exp, holder: p.holder ?? "" });
  v.representative = byRepresentative(p);
  if (!owner.insurerNumbers.includes(items.insurer)) return judge.fail("insurer");
  judge.pass("insurer");
  v.items = items;
  judgeTime(judge, p, tier, clocks);
  if (tier === "screen") judge.skip("holder");
  await judgeRevocation(judge, p, tier, by, clocks);
}

/**
 * Fails a JWS that is not of the form: characters did not arrive where its header cannot be read, or where it
 * can and is ours, and the signature is too short or the payload cannot be read.
 */
async function failForm(judge: Judge, jws: string): Promise<void> {
  const texts = jws.split(".");
  if (texts.length !== 3 || !texts.every((part) => /^[\w-]+$/.test(part))) return judge.fail("form");
  const [head, body, signature] = texts.map(looseBytes);
  const header = head && looseJson(head);
  if (header === undefined || header === null) return judge.add("form", "failed", "", undefined, damaged);
  if (!isOurs(header)) return judge.fail("form");
  if (!body || !signature || (await lacks(body, signature))) return judge.fail("signature", "damaged");
  return judge.fail("form");
}

const damaged = "verdict.signature.damaged";

/** Reports whether a payload or signature shows that a part of it did not arrive. */
async function lacks(body: Bytes, signature: Bytes): Promise<boolean> {
  if (signature.length < 64) return true;
  try {
    return looseJson(await inflate(body, maxPayload, "deflate-raw")) === undefined;
  } catch {
    return true;
  }
}

/** Splits a credential; null where its form is not one. */
function readHeader(jws: string): Parts | null {
  try {
    const parts = split(jws);
    return isOurs(parts.header) ? parts : null;
  } catch (e) {
    if (e instanceof Malformed) return null;
    throw e;
  }
}

/** Reports whether a header is that of a credential. */
function isOurs(header: unknown): boolean {
  if (typeof header !== "object" || header === null || Array.isArray(header)) return false;
  const { alg, zip, kid, typ = "", ...more } = header as Record<string, unknown>;
  if ([alg, zip, kid, typ].includes(null)) throw new NotUnderstood("null");
  const ours = alg === "ES256" && zip === "DEF" && typeof kid === "string" && kid !== "" && typ === "";
  return ours && Object.keys(more).length === 0;
}

async function payloadOf(parts: Parts): Promise<Payload | null> {
  try {
    return readPayload(strictJson(await inflate(parts.body, maxPayload, "deflate-raw")));
  } catch (e) {
    if (e instanceof Malformed) return null;
    throw e;
  }
}

/** Reports whether a text is an issuer's address (credential/text.go). */
function isISS(iss: string): boolean {
  if (iss.includes("%")) throw new NotUnderstood("an escape in an address");
  const form = /^https:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d*)?(?:\/[!-~]*)?$/;
  return iss.length <= 200 && form.test(iss) && !/[?#\\]/.test(iss) && !iss.endsWith("/");
}

interface Clocks {
  own: number;
  measured: number;
  skew: number;
  day: number; // what lives for days is judged by it
}

function clocksOf(by: Beliefs, iss: string, own: number): Clocks {
  const skew = (Object.hasOwn(by.skew.issuers, iss) ? by.skew.issuers[iss] : by.skew.general) ?? 0;
  const measured = own - skew;
  return { own, measured, skew, day: Math.abs(skew) <= correctable ? measured : own };
}

const canCorrect = (c: Clocks): boolean => Math.abs(c.skew) <= correctable;

function noteClock(judge: Judge, c: Clocks): void {
  if (Math.abs(c.skew) >= worthSaying) judge.pass("clock", canCorrect(c) ? "allowed" : "set");
}

function judgeTime(judge: Judge, p: Payload, tier: Tier, c: Clocks): void {
  const measured = timeFault(p, tier, c.measured);
  const both = c.skew !== 0 && (tier === "live" || !canCorrect(c));
  const own = both ? timeFault(p, tier, c.own) : measured;
  if (measured && (own || canCorrect(c))) {
    judge.fail("time", measured);
    noteClock(judge, c);
  } else if (own || measured || (tier !== "pdf" && !canCorrect(c))) {
    judge.fail("clock", "again");
    judge.skip("time");
  } else {
    judge.pass("time");
    noteClock(judge, c);
  }
}

const tooOld = { live: "failed", screen: "failed_screen", pdf: "failed_copy" };

/** Returns what is wrong with a payload's time at a time (ms); empty when nothing is. */
function timeFault(p: Payload, tier: Tier, at: number): string {
  const leeway = tier === "live" ? liveLeeway : otherLeeway;
  if (at >= (p.exp + leeway) * 1000) return tooOld[tier];
  return at < (p.nbf - leeway) * 1000 ? "failed_future" : "";
}

async function judgeRevocation(
  judge: Judge, p: Payload, tier: Tier, by: Beliefs, c: Clocks,
): Promise<void> {
  if (tier !== "pdf") return judge.skip("revocation", "not_needed");
  const list = Object.hasOwn(by.statuses, p.iss) ? by.statuses[p.iss] : undefined;
  const index = ridIndex(p.vc.rid);
  if (!list || index === null) return judge.skip("revocation");
  const bits = await inflate(strictBytes(list.bits), maxBits, "deflate");
  if ((bits[index >> 3] ?? 0) & (1 << (index & 7))) judge.fail("revocation");
  else if (c.day / 1000 > list.expiresAt) judge.skip("revocation", "not_checked_old", list.issuedAt);
  else judge.pass("revocation", "", list.issuedAt);
}

/** A phone's second code, and what it is judged by. */
export interface Shown {
  proof: string;
  jws: string;
  nonce: string; // that this console gave, or empty
}

/** Adds the phone's proof to the verdict of a screen (credential/proof.go). */
export async function prove(v: Verdict, shown: Shown, by: Beliefs, at: number): Promise<Verdict> {
  if (v.tier !== "screen" || !v.items) return v;
  const judge = new Judge();
  Object.assign(judge.v, v, { checks: v.checks.filter((c) => !["holder", "clock"].includes(c.name)) });
  const c = clocksOf(by, v.issuer, at);
  const proof = await readProof(shown.proof);
  const fault = await proofFault(proof, shown, v.holder, c.measured);
  const byOwn = c.skew === 0 ? fault : await proofFault(proof, shown, v.holder, c.own);
  if (!canCorrect(c) || (!fault && byOwn)) {
    judge.fail("clock", "again");
    judge.skip("holder");
  } else if (fault) {
    judge.fail("holder", fault);
    noteClock(judge, c);
  } else {
    judge.pass("holder");
    noteClock(judge, c);
  }
  return judge.done();
}

interface Proof {
  iat: number;
  hash: string;
  nonce: string;
  thumbprint: string;
}

/** Reads a proof and verifies it by the key in its own header; null for anything else. */
async function readProof(text: string): Promise<Proof | null> {
  try {
    const proof = text.trim();
    if (proof.length > 1024) return null;
    const parts = split(proof);
    const { typ, alg, jwk, ...more } = parts.header;
    const { kty, crv, x, y, ...beside } = record(jwk);
    const claims = record(strictJson(parts.body));
    const { iat, sd_hash: hash = "", nonce = "", ...others } = claims;
    const point = [x, y].every((half) => typeof half === "string" && strictBytes(half).length === 32);
    const known = ![more, beside, others].some((all) => Object.keys(all).length > 0);
    if (!known || typ !== "live+jwt" || alg !== "ES256" || kty !== "EC" || crv !== "P-256") return null;
    if (!point || !Number.isSafeInteger(iat) || Number(iat) <= 0 || Number(iat) >= 2 ** 40) return null;
    if (typeof hash !== "string" || typeof nonce !== "string") return null;
    const key = { kid: "", x: String(x), y: String(y) };
    if (!(await signedBy(key, parts))) return null;
    const thumbprint = await sha256(`{"crv":"P-256","kty":"EC","x":"${key.x}","y":"${key.y}"}`);
    return { iat: Number(iat), hash, nonce, thumbprint };
  } catch {
    return null; // no point of the curve either
  }
}

async function proofFault(
  proof: Proof | null, shown: Shown, holder: string, at: number,
): Promise<string> {
  if (!proof) return "failed_form";
  if (proof.thumbprint.slice(0, 16) !== holder) return "failed_key";
  if (proof.hash !== (await sha256(shown.jws))) return "failed_card";
  if (at - proof.iat * 1000 > proofLife) return "failed_old";
  if (proof.iat * 1000 - at > proofLife) return "failed_ahead";
  return proof.nonce === shown.nonce ? "" : "failed_nonce";
}

/** Reports whether a part of the code did not arrive: it may be whole when it is read again. */
export const isDamaged = (v: Verdict): boolean => v.checks[0]?.key === damaged;

/** Names the one sentence that staff read first (verdict.headline.*). */
export function headline(v: Verdict): string {
  if (v.valid) return v.tier === "pdf" ? "copy_genuine" : "genuine";
  if (v.awaits) return "scan_second";
  if (v.accepts) return "scan_second_again";
  const worst = v.checks[0];
  if (worst?.result !== "failed") return "open";
  if (isDamaged(v)) return "scan_again";
  if (worst.name === "clock") return "set_clock";
  if (worst.key.endsWith("_future")) return "clocks_disagree";
  if (worst.name === "time") return v.tier === "pdf" ? "copy_expired" : "too_old";
  if (worst.name === "revocation") return "copy_revoked";
  return v.tier === "pdf" ? "copy_unverifiable" : "unverifiable";
}

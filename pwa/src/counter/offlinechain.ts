// The console's own key and its records (server/counter/offlinerecord.go reads them, member by member): each
// is signed, holds the hash of the one before, and is stored together with the chain's new end.
import { call } from "../shared/api";
import { encode, utf8 } from "../shared/base64url";
import { sha256 } from "./offlinejws";
import { alone, append, type Chain, chains, count, drop, dropChain, putChain, waiting } from "./offlinestore";

/** What a record says of a case. */
export interface Ended {
  case: string;
  at: number; // ms, as the console reckons the server's time
  read: number; // ms: when the screen was verified; 0 where the server had done that
  heard: number; // the last time that the server told
  since: number; // ms that ran in this page since then; below zero where it cannot tell
  outcome: string;
  reason: string;
  visual: string[];
  staff: string;
  text: string;
  proof: string;
  nonce: string;
  valid: boolean;
}

const enough = 8 * 3_600_000; // ms that a key must still live to be this day's
const patience = 10_000; // ms
const batch = 50; // as the server takes them

/** Makes the console's key for a facility's day, unless it has one that lives long enough from now (ms). */
export function makeReady(facility: string, now: number): Promise<void> {
  return alone("ready", async () => {
    const mine = (await chains()).filter((c) => c.facility === facility);
    for (const old of mine) {
      if (old.ends < now && !(await count(old.id))) await dropChain(old.id);
    }
    if (mine.some((c) => c.ends - now > enough)) return;
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    const pair = await crypto.subtle.generateKey(curve, false, ["sign"]);
    const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const made = await call<{ id: string; facility: string; ends: string }>(
      "POST", "/api/v1/counter/offline/key", { x, y }, patience,
    );
    const ends = Date.parse(made.ends);
    await putChain({ id: made.id, facility: made.facility, ends, pair, seq: 0, prev: "", at: 0 });
  });
}

/** Returns the newest key of a facility. */
export async function chainOf(facility: string): Promise<Chain | null> {
  const mine = (await chains()).filter((c) => c.facility === facility);
  return mine.sort((a, b) => b.ends - a.ends)[0] ?? null;
}

/** Signs a record and stores it. It is kept by this browser until the server has it. */
export function record(facility: string, ended: Ended): Promise<void> {
  return alone("record", async () => {
    const chain = await chainOf(facility);
    if (!chain) throw new Error("no key");
    const head = { typ: "offline+jwt", alg: "ES256", kid: chain.id };
    // what was heard before a restart was heard
    const heard = Math.max(chain.heard ?? 0, ended.heard);
    const claims = { seq: chain.seq + 1, prev: chain.prev, ...ended, heard };
    const input = `${encode(utf8(JSON.stringify(head)))}.${long(JSON.stringify(claims))}`;
    const algorithm = { name: "ECDSA", hash: "SHA-256" };
    const signature = await crypto.subtle.sign(algorithm, chain.pair.privateKey, utf8(input));
    const text = `${input}.${encode(signature)}`;
    const next = { ...chain, seq: chain.seq + 1, prev: await sha256(text), at: ended.at, heard };
    await append(next, text);
  });
}

/** Encodes a text of any length. */
function long(text: string): string {
  const bytes = utf8(text);
  let out = "";
  for (let i = 0; i < bytes.length; i += 3000) out += encode(bytes.slice(i, i + 3000));
  return out;
}

/** Returns how many records of a facility wait, and of others. */
export async function unsent(facility: string): Promise<{ own: number; others: number }> {
  const found = { own: 0, others: 0 };
  for (const chain of await chains()) {
    found[chain.facility === facility ? "own" : "others"] += await count(chain.id);
  }
  return found;
}

interface Received {
  hash: string;
  marks: string[];
}

/**
 * Sends what waits of a facility, the oldest first, and forgets what the server answers for. Returns how many
 * it took, and how many of them do not fit.
 */
export function send(facility: string): Promise<{ sent: number; marked: number }> {
  return alone("send", async () => {
    const total = { sent: 0, marked: 0 };
    const mine = (await chains()).filter((c) => c.facility === facility);
    for (const chain of mine.sort((a, b) => a.ends - b.ends)) {
      for (;;) {
        const some = await waiting(chain.id, batch);
        if (!some.length) break;
        const body = { key: chain.id, records: some.map((r) => r.text) };
        const { received } = await call<{ received: Received[] }>(
          "POST", "/api/v1/counter/offline/records", body, patience,
        );
        const has = new Map(received.map((r) => [r.hash, r]));
        const names = await Promise.all(some.map((r) => sha256(r.text)));
        const taken = some.filter((_, i) => has.has(names[i] ?? ""));
        if (!taken.length) throw new Error("no answer for any record");
        await drop(chain.id, taken.map((r) => r.seq));
        total.sent += taken.length;
        total.marked += received.filter((r) => r.marks.length).length;
      }
    }
    return total;
  });
}

// Whose word a receipt is. A counter signs it (a compact JWS, ES256, typ receipt+jwt) for this phone's key;
// its key and its name stand in the insurer's trust list, which the page fetches whole, so that asking tells
// nobody which counter was meant (docs/phone.md).
import { decode, utf8 } from "../shared/base64url";
import { within } from "../shared/within";
import type { ReceiptKey } from "./devicekeys";

/**
 * What a receipt says. facility is from the trust list where the receipt is sure, else what an unsigned
 * receipt says of itself, or "".
 */
export interface Receipt {
  facility: string;
  at: string;
  outcome: string;
  ground: string;
  sure: boolean;
}

interface Counter {
  url: string;
  name: string;
  jwks: { keys: { kid: string; kty: string; crv: string; x: string; y: string }[] };
}

const listLife = 10 * 60 * 1000;

let counterList: Promise<Counter[]> | null = null;
let fetchedAt = 0;

/**
 * The counters of the trust list. It rejects where they cannot be had: then nothing is known of any receipt.
 */
function trustedCounters(): Promise<Counter[]> {
  if (!counterList || Date.now() - fetchedAt > listLife) {
    fetchedAt = Date.now();
    const mine = (counterList = fetchCounters());
    mine.catch(() => {
      if (counterList === mine) counterList = null;
    });
  }
  return counterList;
}

async function fetchCounters(): Promise<Counter[]> {
  const answer = await fetch("/api/v1/counters", {
    credentials: "omit",
    redirect: "error",
    signal: within(8_000),
  });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return ((await answer.json()) as { counters: Counter[] }).counters;
}

function words(part: string): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(decode(part))) as Record<string, unknown>;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * Reads an opened receipt. received is when the insurer got it. It rejects only where the trust list cannot
 * be had.
 */
export async function readReceipt(opened: string, key: ReceiptKey, received: string): Promise<Receipt> {
  const counters = await trustedCounters();
  try {
    if (opened.startsWith("{")) return unsigned(JSON.parse(opened) as Record<string, unknown>);
    return (await signed(opened, key, counters)) ?? nobody(received);
  } catch {
    return nobody(received);
  }
}

/** A receipt of before receipts were signed: it is read, and nobody vouches for it. */
function unsigned(said: Record<string, unknown>): Receipt {
  const at = new Date(text(said["at"])).toISOString();
  return { facility: text(said["facility"]), at, outcome: text(said["outcome"]), ground: "", sure: false };
}

/** What stands in the place of a receipt whose signature is nobody's: that one came, and when. */
const nobody = (received: string): Receipt => ({
  facility: "",
  at: received,
  outcome: "",
  ground: "",
  sure: false,
});

/**
 * Verifies (RFC 7515 5.2) with a key of the counter that the receipt names, and for this phone. null where
 * anything does not fit.
 */
async function signed(jws: string, key: ReceiptKey, counters: Counter[]): Promise<Receipt | null> {
  const [head, body, signature, more] = jws.split(".");
  if (head === undefined || body === undefined || signature === undefined || more !== undefined) return null;
  const header = words(head);
  if (header["typ"] !== "receipt+jwt" || header["alg"] !== "ES256" || Object.keys(header).length !== 3) {
    return null;
  }
  const claims = words(body);
  const counter = counters.find((one) => one.url === claims["iss"]);
  const jwk = counter?.jwks.keys.find((one) => one.kid === header["kid"]);
  if (!counter || !jwk || claims["aud"] !== key.id) return null;
  const { kty, crv, x, y } = jwk;
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const verifying = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, curve, false, ["verify"]);
  const digest = { name: "ECDSA", hash: "SHA-256" };
  if (!(await crypto.subtle.verify(digest, verifying, decode(signature), utf8(`${head}.${body}`)))) {
    return null;
  }
  const at = claims["iat"];
  if (typeof at !== "number") return null;
  return {
    facility: counter.name,
    at: new Date(at * 1000).toISOString(),
    outcome: text(claims["outcome"]),
    ground: text(claims["ground"]),
    sure: true,
  };
}

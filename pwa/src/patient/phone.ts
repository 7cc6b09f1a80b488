// This phone's keys: one opens what counters leave for it, the other proves that it holds a screen. Neither can be exported.
import { call } from "../shared/api";
import { encode } from "../shared/base64url";
import { keep } from "../shared/database";
import { answerNonce } from "./access";

/** The key to which counters seal receipts. Its id is the phone's own. */
export interface ReceiptKey {
  id: string;
  pair: CryptoKeyPair;
  raw: Uint8Array<ArrayBuffer>; // public, 65 bytes
}

/** The key that signs the live proof. */
export interface HolderKey {
  pair: CryptoKeyPair;
  x: string;
  y: string;
}

/** A phone that shows screens by its key. */
export interface Phone {
  id: string;
  addedAt: string;
  loginBy: string;
}

export function receiptKey(): Promise<ReceiptKey> {
  return keep("keys", "receipts", async () => {
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    return { id: encode(await crypto.subtle.digest("SHA-256", raw)), pair, raw };
  });
}

export function holderKey(): Promise<HolderKey> {
  return keep("keys", "holder", async () => {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
    const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    return { pair, x: x ?? "", y: y ?? "" };
  });
}

/**
 * Adds this phone's keys to the login and returns all phones of the login. New keys need a recent login (phone.login_again), and the
 * holder key its own signature.
 */
export async function addKeys(): Promise<Phone[]> {
  const [receipt, holder] = await Promise.all([receiptKey(), holderKey()]);
  const proof = await answerNonce(holder, "add", receipt.id);
  const key = { kty: "EC", crv: "P-256", x: holder.x, y: holder.y };
  const { phones } = await call<{ phones: Phone[] }>("PUT", "/api/v1/phone/holder", { id: receipt.id, key, ...proof });
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", receipt.pair.publicKey);
  await call("PUT", "/api/v1/phone", { id: receipt.id, key: { kty, crv, x, y } });
  return phones;
}

// This phone's keys: one opens what counters leave for it, the other proves that it holds a screen. Neither can be exported.
import { call } from "../shared/api";
import { encode } from "../shared/base64url";
import { keep } from "../shared/database";

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

/** A phone that can show screens without network. */
export interface Phone {
  id: string;
  addedAt: string;
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

/** Tells the server this phone's receipt key. */
export async function addReceiptKey(): Promise<ReceiptKey> {
  const key = await receiptKey();
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key.pair.publicKey);
  await call("PUT", "/api/v1/phone", { id: key.id, key: { kty, crv, x, y } });
  return key;
}

/** Tells the server this phone's holder key and returns all phones of the login. A new key needs a recent login (phone.login_again). */
export async function addHolderKey(): Promise<Phone[]> {
  const [{ id }, { x, y }] = await Promise.all([receiptKey(), holderKey()]);
  const { phones } = await call<{ phones: Phone[] }>("PUT", "/api/v1/phone/holder", { id, key: { kty: "EC", crv: "P-256", x, y } });
  return phones;
}

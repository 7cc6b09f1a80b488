// This device's keys: one opens what counters leave for it, the other proves that it holds a screen. Neither
// can be exported.
import { encode } from "../shared/base64url";
import { readOrMake } from "../shared/database";

/** The key to which counters seal receipts. Its id is the device's own. */
export interface ReceiptKey {
  id: string;
  pair: CryptoKeyPair;
  raw: Uint8Array<ArrayBuffer>; // public, 65 bytes
}

/** The key that signs the live proof and the server's nonces. Phones keep it as "holder". */
export interface DeviceKey {
  pair: CryptoKeyPair;
  x: string;
  y: string;
}

/** Returns the key for receipts, making it on the first call. */
export function receiptKey(): Promise<ReceiptKey> {
  return readOrMake("keys", "receipts", async () => {
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const pair = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    return { id: encode(await crypto.subtle.digest("SHA-256", raw)), pair, raw };
  });
}

/** Returns the key that signs, making it on the first call. */
export function deviceKey(): Promise<DeviceKey> {
  return readOrMake("keys", "holder", async () => {
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    const pair = await crypto.subtle.generateKey(curve, false, ["sign"]);
    const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    return { pair, x: x ?? "", y: y ?? "" };
  });
}

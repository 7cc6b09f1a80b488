// The live proof: this phone signs the time and the hash of the shown card (credential/proof.go reads it,
// member by member).
import { encode, utf8 } from "../shared/base64url";
import type { DeviceKey } from "./devicekeys";

/**
 * Returns a proof for the card, made at a time by the server's clock (ms). nonce is the counter's number, or
 * empty.
 */
export async function prove(key: DeviceKey, jws: string, at: number, nonce: string): Promise<string> {
  const head = { typ: "live+jwt", alg: "ES256", jwk: { kty: "EC", crv: "P-256", x: key.x, y: key.y } };
  const hash = encode(await crypto.subtle.digest("SHA-256", utf8(jws)));
  const claims = { iat: Math.floor(at / 1000), sd_hash: hash, ...(nonce ? { nonce } : {}) };
  const input = `${encode(utf8(JSON.stringify(head)))}.${encode(utf8(JSON.stringify(claims)))}`;
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    key.pair.privateKey,
    utf8(input),
  ); // r‖s, as JWS wants it
  return `${input}.${encode(signature)}`;
}

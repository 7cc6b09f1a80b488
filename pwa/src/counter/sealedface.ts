// What the chip shows travels sealed to a key that this page makes for one reading (card/wire/face.go): the
// server between cannot read it.
import { decode, utf8 } from "../shared/base64url";

const curve = { name: "ECDH", namedCurve: "P-256" };
const label = utf8("madoguchi-face-1");

/** A sealed reading as the API answers with it, in base64url. */
export interface Sealed {
  operation: string;
  key: string;
  data: string;
}

/** What the agent sealed. Pictures are in base64. */
export interface FaceText {
  result: string; // the agent's own verdict
  birthDate: string;
  sex: string;
  name: string; // PNG
  address: string; // PNG
  photo: string; // JPEG 2000
}

/** Makes the key of one reading. Its private half can be exported by nobody. */
export async function newFaceKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(curve, false, ["deriveBits"]);
}

/** The public half, as the API takes it. */
export async function publicBytes(pair: CryptoKeyPair): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
}

/** Each part behind its length in four bytes, the highest first. */
function bound(parts: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(all.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    all.set(part, at + 4);
    at += 4 + part.length;
  }
  return all;
}

/** Opens a reading. It rejects what was sealed for another key, operation or case, and what was changed. */
export async function openFace(pair: CryptoKeyPair, caseID: string, sealed: Sealed): Promise<FaceText> {
  const mine = await publicBytes(pair);
  const theirs = decode(sealed.key);
  const point = await crypto.subtle.importKey("raw", theirs, curve, false, []);
  const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: point }, pair.privateKey, 256);
  const salt = new Uint8Array([...theirs, ...mine]);
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info: label },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["decrypt"],
  );
  const additionalData = bound([label, utf8(sealed.operation), utf8(caseID), theirs, mine]);
  const iv = new Uint8Array(12); // zeros: no key seals twice
  const gcm = { name: "AES-GCM", iv, additionalData };
  const plain = await crypto.subtle.decrypt(gcm, key, decode(sealed.data));
  return JSON.parse(new TextDecoder().decode(plain)) as FaceText;
}

// What the chip shows travels sealed to a key that this page makes for one reading (card/wire/face.go): the
// server between cannot read it.
import { decode, encode, utf8 } from "../shared/base64url";

const curve = { name: "ECDH", namedCurve: "P-256" };
const label = utf8("madoguchi-face-1");

/** Sealed pictures as the API answers with them, in base64url. */
export interface Sealed {
  operation: string;
  key: string;
  data: string;
  texts: string; // SHA-256 that the issuer signed: of name and address
  photo: string; // and of the photo
}

/** What the chip shows. */
export interface Shown {
  name: Uint8Array<ArrayBuffer>; // PNG
  address: Uint8Array<ArrayBuffer>; // PNG
  photo: Uint8Array<ArrayBuffer>; // JPEG 2000
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

/**
 * Opens a reading. It rejects what was sealed for another key, operation or case, what was changed, and
 * pictures that are not those of which the issuer signed the digests.
 */
export async function openFace(pair: CryptoKeyPair, caseID: string, sealed: Sealed): Promise<Shown> {
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
  const pictures = JSON.parse(new TextDecoder().decode(plain)) as { texts: string; photo: string };
  const texts = await signed(pictures.texts, sealed.texts);
  const photo = await signed(pictures.photo, sealed.photo);
  const name = value(texts, 0, 0x25);
  const address = value(texts, name.end, 0x26);
  return { name: name.bytes, address: address.bytes, photo: value(photo, 0, 0x27).bytes };
}

async function signed(text: string, digest: string): Promise<Uint8Array<ArrayBuffer>> {
  const data = decode(text);
  const sum = encode(await crypto.subtle.digest("SHA-256", data));
  if (sum !== digest) throw new Error("not what the issuer signed");
  return data;
}

/** Reads the BER object of tag DF and another byte (docs/facts/my-number-card.md#visual-files) at a place. */
function value(
  data: Uint8Array<ArrayBuffer>,
  at: number,
  tag: number,
): { bytes: Uint8Array<ArrayBuffer>; end: number } {
  let length = data[at + 2] ?? 0;
  let start = at + 3;
  if (length > 0x80 && length <= 0x84) {
    const count = length - 0x80;
    length = data.subarray(start, start + count).reduce((sum, byte) => sum * 256 + byte, 0);
    start += count;
  } else if (length >= 0x80) {
    length = Infinity;
  }
  const end = start + length;
  if (data[at] !== 0xdf || data[at + 1] !== tag || end > data.length) throw new Error("no picture of a chip");
  return { bytes: data.slice(start, end), end };
}

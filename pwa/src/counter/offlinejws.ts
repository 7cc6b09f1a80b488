// JWS as this program's servers read them (credential/jws.go, credential/strict.go): strict base64url, a
// header without more than it may have, ES256, raw DEFLATE within a cap, and JSON that nobody reads in two
// ways. What the server may take and this reader does not know is NotUnderstood: it is not checked here.
import { decode, encode, utf8 } from "../shared/base64url";

/** What this reader does not know: no sign of forgery, and never genuine either. */
export class NotUnderstood extends Error {}

/** What no reader takes. */
export class Malformed extends Error {}

export type Bytes = Uint8Array<ArrayBuffer>;

/** A key as trust lists publish it (RFC 7517). */
export interface Jwk {
  kid: string;
  x: string;
  y: string;
}

export interface Parts {
  header: Record<string, unknown>;
  input: string;
  body: Bytes;
  signature: Bytes;
}

/** Reads base64url without padding; another text of the same bytes is refused. */
export function strictBytes(text: string): Bytes {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) throw new Malformed("base64url");
  const bytes = decode(text);
  let again = "";
  for (let i = 0; i < bytes.length; i += 3000) again += encode(bytes.slice(i, i + 3000));
  if (again !== text) throw new Malformed("base64url");
  return bytes;
}

/** Reads base64url however its last bits are; null where it is none. */
export function looseBytes(text: string): Bytes | null {
  return /^[\w-]*$/.test(text) && text.length % 4 !== 1 ? decode(text) : null;
}

/** Reads JSON however it is written; undefined where it is none. */
export function looseJson(bytes: Bytes): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** Splits a JWS without verifying it. Its header is ES256 with a kid or a key of its own. */
export function split(jws: string): Parts {
  const parts = jws.split(".");
  if (parts.length !== 3) throw new Malformed("parts");
  const [head = "", packed = "", end = ""] = parts;
  const [raw, body, signature] = [strictBytes(head), strictBytes(packed), strictBytes(end)];
  return { header: record(strictJson(raw)), input: `${head}.${packed}`, body, signature };
}

/** Reads JSON that is written in one way only: no blanks, no escapes, no member twice. */
export function strictJson(bytes: Bytes): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw new Malformed("JSON");
  }
  if (text.includes("\\") || JSON.stringify(value) !== text) throw new NotUnderstood("JSON");
  return value;
}

/** Returns an object's members; null counts as unknown, since Go reads it as nothing. */
export function record(value: unknown): Record<string, unknown> {
  if (value === null) throw new NotUnderstood("null");
  if (typeof value !== "object" || Array.isArray(value)) throw new Malformed("not an object");
  return value as Record<string, unknown>;
}

/** Reports whether the key made the signature (RFC 7518 section 3.4). */
export async function signedBy(key: Jwk, of: Parts): Promise<boolean> {
  if (of.signature.length !== 64) return false;
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const jwk = { kty: "EC", crv: "P-256", x: key.x, y: key.y };
  const known = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, known, of.signature, utf8(of.input));
}

/** Inflates raw DEFLATE (RFC 1951), or zlib (RFC 1950), up to a cap. Bytes behind its end are refused. */
export async function inflate(packed: Bytes, cap: number, format: CompressionFormat): Promise<Bytes> {
  const plain = await unpacked(packed, cap, format);
  if (!plain) throw new Malformed("DEFLATE");
  // one byte less is no whole stream any more, unless something lay behind its end
  if (await unpacked(packed.slice(0, -1), cap, format)) throw new Malformed("bytes behind");
  return plain;
}

async function unpacked(packed: Bytes, cap: number, format: CompressionFormat): Promise<Bytes | null> {
  try {
    const from = new Blob([packed]).stream().pipeThrough(new DecompressionStream(format)).getReader();
    const chunks: Bytes[] = [];
    let size = 0;
    for (;;) {
      const { done, value } = await from.read();
      if (done) break;
      size += value.length;
      if (size > cap) {
        await from.cancel();
        return null;
      }
      chunks.push(value as Bytes);
    }
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  } catch {
    return null;
  }
}

export async function sha256(text: string): Promise<string> {
  return encode(await crypto.subtle.digest("SHA-256", utf8(text)));
}

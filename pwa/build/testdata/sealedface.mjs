// Opens and seals chip's faces with Node's WebCrypto. One JSON a line comes in; one goes out for each.
import { createInterface } from "node:readline";
import { newFaceKey, openFace, publicBytes } from "./sealedface.mjs";

const keys = {}; // by name
const b64 = (data) => Buffer.from(data).toString("base64url");

// The agent's side by WebCrypto alone, written from docs/bridge.md.
async function seal(page, operation, caseID, text) {
  const point = Buffer.from(page, "base64url");
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  const own = Buffer.from(await crypto.subtle.exportKey("raw", pair.publicKey));
  const to = await crypto.subtle.importKey("raw", point, curve, false, []);
  const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: to }, pair.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = Buffer.from("madoguchi-face-1");
  const salt = Buffer.concat([own, point]);
  const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, base, 256);
  const key = await crypto.subtle.importKey("raw", bits, "AES-GCM", false, ["encrypt"]);
  const additionalData = Buffer.concat(
    [info, Buffer.from(operation), Buffer.from(caseID), own, point].flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
  const iv = new Uint8Array(12);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, Buffer.from(text));
  return { key: b64(own), data: b64(data) };
}

async function answer(q) {
  if (q.seal) return seal(q.page, q.operation, q.case, q.text);
  if (q.make) {
    keys[q.make] = await newFaceKey();
    const secret = crypto.subtle.exportKey("pkcs8", keys[q.make].privateKey);
    const exported = await secret.then(() => true, () => false);
    return { page: b64(await publicBytes(keys[q.make])), exported };
  }
  const std = (data) => Buffer.from(data).toString("base64");
  return openFace(keys[q.open], q.case, q).then(
    ({ name, address, photo }) => ({
      shown: { name: std(name), address: std(address), photo: std(photo) },
    }),
    (e) => ({ refused: String(e) }),
  );
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}

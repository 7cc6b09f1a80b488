// This device comes back without a login: its key signs a nonce of the server's (auth/device.go), and a
// session follows. The key was added after a login, shows its people for 90 days, and changes nothing.
import { call, Problem, refusal } from "../shared/api";
import { encode, utf8 } from "../shared/base64url";
import { read } from "../shared/database";
import { word } from "../shared/words";
import type { DeviceKey, ReceiptKey } from "./devicekeys";
import { endLogin, wantsLogout } from "./logout";

let authenticating: Promise<void> | null = null;

/** Sends a request; where the session is over, this device's key opens the next one first. */
export async function ask<T>(method: string, path: string, body?: unknown, patience?: number): Promise<T> {
  if (wantsLogout()) await endLogin(patience); // before anything else is asked
  try {
    return await call<T>(method, path, body, patience);
  } catch (e) {
    if (!(e instanceof Problem && e.key === "session.missing")) throw e;
  }
  await authenticateDevice(patience);
  return call<T>(method, path, body, patience);
}

/**
 * Opens a session by this device's key. Without a key it throws session.missing; device.unknown where the key
 * shows nobody any more.
 */
export function authenticateDevice(patience?: number): Promise<void> {
  authenticating ??= openSession(patience).finally(() => {
    authenticating = null;
  });
  return authenticating;
}

/**
 * Makes sure that the server knows which device asks, where this one has a key that shows somebody. It throws
 * where that cannot be told now.
 */
export async function identifyDevice(patience?: number): Promise<void> {
  try {
    await authenticateDevice(patience);
  } catch (e) {
    if (!(e instanceof Problem && (e.key === "session.missing" || e.key === "device.unknown"))) throw e;
  }
}

async function openSession(patience?: number): Promise<void> {
  const key = await keptKey<DeviceKey>("holder");
  const device = (await keptKey<ReceiptKey>("receipts"))?.id;
  if (!key || !device) throw refusal("session.missing", "");
  const signed = await signNonce(key, "enter", device, patience);
  const proof = { phone: device, key: await keyId(key), ...signed };
  const unknown = await call<{ known: false } | null>("POST", "/api/v1/phone/session", proof, patience);
  if (unknown) throw refusal("device.unknown", word("ended"));
}

/** A nonce of the server's with this device's signature over it. */
interface SignedNonce {
  nonce: string;
  signature: string;
}

/** Asks for a nonce and signs it. */
export async function signNonce(
  key: DeviceKey,
  use: "enter" | "add",
  device: string,
  patience?: number,
): Promise<SignedNonce> {
  const { nonce } = await call<{ nonce: string }>("POST", "/api/v1/phone/nonce", { phone: device }, patience);
  const message = utf8(["madoguchi-device-1", use, location.host, device, nonce].join("\n"));
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  return { nonce, signature: encode(await crypto.subtle.sign(algorithm, key.pair.privateKey, message)) };
}

/** Returns the first 16 characters of the key's thumbprint (RFC 7638). */
async function keyId(key: DeviceKey): Promise<string> {
  const members = `{"crv":"P-256","kty":"EC","x":"${key.x}","y":"${key.y}"}`;
  return encode(await crypto.subtle.digest("SHA-256", utf8(members))).slice(0, 16);
}

async function keptKey<T>(name: string): Promise<T | undefined> {
  try {
    return await read<T>("keys", name);
  } catch {
    return undefined; // a browser that keeps nothing
  }
}

// This phone comes back without a login: its key signs a nonce of the server's (auth/device.go), and a session follows. The key
// was added after a login, shows its people for 90 days, and changes nothing.
import { call, Problem, refusal } from "../shared/api";
import { encode, utf8 } from "../shared/base64url";
import { read } from "../shared/database";
import { endLogin, wantsLogout } from "./logout";
import { word } from "../shared/words";
import type { HolderKey, ReceiptKey } from "./phone";

let entering: Promise<void> | null = null;

/** Sends a request; where the session is over, this phone's key opens the next one first. */
export async function ask<T>(method: string, path: string, body?: unknown, patience?: number): Promise<T> {
  if (wantsLogout()) await endLogin(patience); // before anything else is asked
  try {
    return await call<T>(method, path, body, patience);
  } catch (e) {
    if (!(e instanceof Problem && e.key === "session.missing")) throw e;
  }
  await enter(patience);
  return call<T>(method, path, body, patience);
}

/** Opens a session by this phone's key. Without a key it throws session.missing; device.unknown where the key shows nobody any more. */
export function enter(patience?: number): Promise<void> {
  entering ??= signIn(patience).finally(() => {
    entering = null;
  });
  return entering;
}

/** Makes sure that the server knows which phone asks, where this one has a key that shows somebody. It throws where that cannot be told now. */
export async function comeAsPhone(patience?: number): Promise<void> {
  try {
    await enter(patience);
  } catch (e) {
    if (!(e instanceof Problem && (e.key === "session.missing" || e.key === "device.unknown"))) throw e;
  }
}

async function signIn(patience?: number): Promise<void> {
  const key = await kept<HolderKey>("holder");
  const phone = (await kept<ReceiptKey>("receipts"))?.id;
  if (!key || !phone) throw refusal("session.missing", "");
  const { nonce, signature } = await answerNonce(key, "enter", phone, patience);
  const proof = { phone, key: await keyId(key), nonce, signature };
  const unknown = await call<{ known: false } | null>("POST", "/api/v1/phone/session", proof, patience);
  if (unknown) throw refusal("device.unknown", word("ended"));
}

/** Asks for a nonce and signs it. */
export async function answerNonce(key: HolderKey, use: "enter" | "add", phone: string, patience?: number): Promise<{ nonce: string; signature: string }> {
  const { nonce } = await call<{ nonce: string }>("POST", "/api/v1/phone/nonce", { phone }, patience);
  const message = ["madoguchi-device-1", use, location.host, phone, nonce].join("\n");
  return { nonce, signature: encode(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.pair.privateKey, utf8(message))) };
}

/** Returns the first 16 characters of the key's thumbprint (RFC 7638). */
async function keyId(key: HolderKey): Promise<string> {
  const members = `{"crv":"P-256","kty":"EC","x":"${key.x}","y":"${key.y}"}`;
  return encode(await crypto.subtle.digest("SHA-256", utf8(members))).slice(0, 16);
}

async function kept<T>(name: string): Promise<T | undefined> {
  try {
    return await read<T>("keys", name);
  } catch {
    return undefined; // a browser that keeps nothing
  }
}

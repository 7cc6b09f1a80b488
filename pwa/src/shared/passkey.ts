// A ceremony of Web Authentication Level 3 with our server: its options are JSON with bytes in base64url, and
// so is the browser's answer. Browsers that lack the parse…FromJSON functions or toJSON are helped by hand.
import { call } from "./api";
import { decode, encode } from "./base64url";

type Json = Record<string, unknown>;

/** Reports whether this browser has passkeys at all. */
export const hasPasskeys = (): boolean =>
  typeof PublicKeyCredential === "function" && typeof navigator.credentials?.get === "function";

const bytes = (text: unknown): Uint8Array<ArrayBuffer> => decode(String(text));

function descriptors(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list ?? []) as Json[]).map((d) => ({ type: "public-key", ...d, id: bytes(d["id"]) }));
}

function creation(json: Json): PublicKeyCredentialCreationOptions {
  if (typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function") {
    return PublicKeyCredential.parseCreationOptionsFromJSON(
      json as unknown as PublicKeyCredentialCreationOptionsJSON,
    );
  }
  const user = json["user"] as Json;
  return {
    ...json,
    challenge: bytes(json["challenge"]),
    user: { ...user, id: bytes(user["id"]) },
    excludeCredentials: descriptors(json["excludeCredentials"]),
  } as unknown as PublicKeyCredentialCreationOptions;
}

function request(json: Json): PublicKeyCredentialRequestOptions {
  if (typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function") {
    return PublicKeyCredential.parseRequestOptionsFromJSON(
      json as unknown as PublicKeyCredentialRequestOptionsJSON,
    );
  }
  return {
    ...json,
    challenge: bytes(json["challenge"]),
    allowCredentials: descriptors(json["allowCredentials"]),
  } as unknown as PublicKeyCredentialRequestOptions;
}

function answerOf(made: PublicKeyCredential): unknown {
  if (typeof made.toJSON === "function") {
    return made.toJSON();
  }
  const said = made.response;
  const response: Json = { clientDataJSON: encode(said.clientDataJSON) };
  if (said instanceof AuthenticatorAttestationResponse) {
    response["attestationObject"] = encode(said.attestationObject);
    response["transports"] = said.getTransports?.() ?? [];
  } else if (said instanceof AuthenticatorAssertionResponse) {
    response["authenticatorData"] = encode(said.authenticatorData);
    response["signature"] = encode(said.signature);
    if (said.userHandle) response["userHandle"] = encode(said.userHandle);
  }
  return {
    id: made.id,
    rawId: encode(made.rawId),
    type: made.type,
    clientExtensionResults: made.getClientExtensionResults(),
    response,
  };
}

interface Ceremony {
  begin: string; // addresses of the two halves
  finish: string;
  make: boolean; // a passkey; otherwise one is used
  back: string; // where to go on; empty: where the server says
}

/**
 * Carries out a ceremony and returns where to go on. It rejects with a Problem of the server, or with the
 * browser's DOMException: NotAllowedError for a person who cancelled or took too long, InvalidStateError for
 * a device that has a passkey of theirs already.
 */
export async function ceremony(c: Ceremony): Promise<string> {
  const { options } = await call<{ options: Json }>("POST", c.begin, c.back ? { back: c.back } : undefined);
  const made = c.make
    ? await navigator.credentials.create({ publicKey: creation(options) })
    : await navigator.credentials.get({ publicKey: request(options) });
  const body: Json = { credential: answerOf(made as PublicKeyCredential) };
  if (c.back) body["back"] = c.back;
  return (await call<{ next: string }>("POST", c.finish, body)).next;
}

/** Reports whether a ceremony came to nothing because the person cancelled it or took too long. */
export const notUsed = (e: unknown): boolean => e instanceof DOMException && e.name === "NotAllowedError";

// What this phone keeps of people lies sealed: AES-256-GCM with a key that cannot be exported, bound to its
// place.
import { utf8 } from "../shared/base64url";
import { read, readOrMake, remove, write, type Store } from "../shared/database";

type SealedStore = Extract<Store, "screens" | "people" | "papers" | "fonts">;

interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

/** Returns what was sealed there; undefined where there is nothing or it cannot be opened any more. */
export async function openSealed(
  store: SealedStore,
  id: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const sealed = await read<Sealed>(store, id);
    if (!sealed) return undefined;
    return new Uint8Array(
      await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: sealed.iv, additionalData: place(store, id) },
        await sealingKey(),
        sealed.data,
      ),
    );
  } catch {
    // The browser dropped the key or refuses to keep anything: as if nothing had been stored.
    return undefined;
  }
}

export async function openJson<T>(store: SealedStore, id: string): Promise<T | undefined> {
  const text = await openSealed(store, id);
  return text && (JSON.parse(new TextDecoder().decode(text)) as T);
}

export async function seal(store: SealedStore, id: string, plain: Uint8Array<ArrayBuffer>): Promise<void> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: place(store, id) },
    await sealingKey(),
    plain,
  );
  await write(store, id, { iv, data } satisfies Sealed);
}

export function sealJson(store: SealedStore, id: string, value: unknown): Promise<void> {
  return seal(store, id, utf8(JSON.stringify(value)));
}

/** Forgets a person's screen, copy and font. */
export async function forget(person: string): Promise<void> {
  await Promise.allSettled([remove("screens", person), remove("papers", person), remove("fonts", person)]);
}

function place(store: SealedStore, id: string): Uint8Array<ArrayBuffer> {
  return utf8(`${store}/${id}`);
}

function sealingKey(): Promise<CryptoKey> {
  return readOrMake("keys", "sealing", () =>
    crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
  );
}

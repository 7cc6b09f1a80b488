// What the console keeps in this browser (IndexedDB) for the time without its server: keys that cannot be
// exported, what it fetched in the morning, and the records that the server does not have yet. All but the
// keys lies sealed (AES-256-GCM), bound to its place.
import { utf8 } from "../shared/base64url";

const name = "madoguchi-counter";
const stores = ["keys", "kept", "chains", "records"] as const;

/**
 * keys: CryptoKeys by use · kept: what was fetched, by name · chains: a console's key with its last record,
 * by id · records: those that wait, by [key, number].
 */
type Store = (typeof stores)[number];

interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

/** A key by which records are signed, with the last of them. */
export interface Chain {
  id: string;
  facility: string;
  ends: number; // ms
  pair: CryptoKeyPair;
  seq: number;
  prev: string;
  at: number; // claimed by the last
  heard?: number; // ms: the last time that the server told, by the last
}

let opening: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  return (opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => {
      for (const store of stores) asked.result.createObjectStore(store);
    };
    asked.onerror = asked.onblocked = reject;
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close();
      asked.result.onclose = () => (opening = null);
      resolve(asked.result);
    };
  }));
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Makes one change of several places: all of it is stored, or nothing. */
async function change(work: (of: (store: Store) => IDBObjectStore) => void): Promise<void> {
  const all = (await open()).transaction(stores, "readwrite", { durability: "strict" });
  work((store) => all.objectStore(store));
  await new Promise((resolve, reject) => {
    all.oncomplete = resolve;
    all.onabort = () => reject(all.error);
  });
}

async function read<T>(store: Store, key: IDBValidKey): Promise<T | undefined> {
  return done<T | undefined>((await open()).transaction(store).objectStore(store).get(key));
}

async function sealing(): Promise<CryptoKey> {
  const kept = await read<CryptoKey>("keys", "sealing");
  if (kept) return kept;
  const algorithm = { name: "AES-GCM", length: 256 };
  const made = await crypto.subtle.generateKey(algorithm, false, ["encrypt", "decrypt"]);
  await change((of) => of("keys").add(made, "sealing")).catch(() => undefined); // another page's stands
  return (await read<CryptoKey>("keys", "sealing")) ?? made;
}

async function seal(place: string, text: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const algorithm = { name: "AES-GCM", iv, additionalData: utf8(place) };
  return { iv, data: await crypto.subtle.encrypt(algorithm, await sealing(), utf8(text)) };
}

async function unseal(place: string, sealed: Sealed): Promise<string> {
  const algorithm = { name: "AES-GCM", iv: sealed.iv, additionalData: utf8(place) };
  return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, await sealing(), sealed.data));
}

/** Lets one page of this browser at a time do a kind of work. */
export function alone<T>(what: "ready" | "record" | "send", work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(`${name}/${what}`, work) as Promise<T>;
}

export async function keep(what: string, value: unknown): Promise<void> {
  const sealed = await seal(what, JSON.stringify(value));
  await change((of) => of("kept").put(sealed, what));
}

export async function kept<T>(what: string): Promise<T | null> {
  const sealed = await read<Sealed>("kept", what);
  return sealed ? (JSON.parse(await unseal(what, sealed)) as T) : null;
}

export async function forgetKept(): Promise<void> {
  await change((of) => of("kept").clear());
}

export async function chains(): Promise<Chain[]> {
  return done<Chain[]>((await open()).transaction("chains").objectStore("chains").getAll());
}

export async function putChain(chain: Chain): Promise<void> {
  await change((of) => of("chains").put(chain, chain.id));
}

export async function dropChain(id: string): Promise<void> {
  await change((of) => of("chains").delete(id));
}

const place = (key: string, seq: number): string => `records/${key}/${seq}`;

/** Stores a record and its chain's new end together. */
export async function append(chain: Chain, text: string): Promise<void> {
  const sealed = await seal(place(chain.id, chain.seq), text);
  await change((of) => {
    of("records").add(sealed, [chain.id, chain.seq]); // never in another's place
    of("chains").put(chain, chain.id);
  });
}

const of = (key: string): IDBKeyRange => IDBKeyRange.bound([key, 0], [key, Infinity]);

/** Returns the first records of a key that wait, in their order. */
export async function waiting(key: string, most: number): Promise<{ seq: number; text: string }[]> {
  const store = (await open()).transaction("records").objectStore("records");
  const [keys, all] = await Promise.all([
    done(store.getAllKeys(of(key), most)),
    done<Sealed[]>(store.getAll(of(key), most)),
  ]);
  return Promise.all(
    all.map(async (sealed, i) => {
      const seq = Number((keys[i] as [string, number])[1]);
      return { seq, text: await unseal(place(key, seq), sealed) };
    }),
  );
}

export async function count(key: string): Promise<number> {
  return done((await open()).transaction("records").objectStore("records").count(of(key)));
}

export async function drop(key: string, seqs: number[]): Promise<void> {
  await change((stores) => {
    for (const seq of seqs) stores("records").delete([key, seq]);
  });
}

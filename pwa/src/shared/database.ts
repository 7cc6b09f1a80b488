// What this browser keeps (IndexedDB). Keys are stored as CryptoKey objects that cannot be exported; a person's data only sealed.

const stores = ["keys", "screens", "clock", "people", "papers", "fonts"] as const;

/**
 * keys: the phone's keys by use · screens, papers, fonts: a person's sealed screen, copy and font by id · people: the sealed list of whom
 * this phone shows · clock: the last measured offset.
 */
export type Store = (typeof stores)[number];

let opening: Promise<IDBDatabase> | null = null;
let gone = false; // wiped: this page keeps nothing any more

export async function read<T>(store: Store, key: string): Promise<T | undefined> {
  const db = await open();
  return done<T | undefined>(db.transaction(store).objectStore(store).get(key));
}

export async function write(store: Store, key: string, value: unknown): Promise<void> {
  const db = await open();
  await done(db.transaction(store, "readwrite").objectStore(store).put(value, key));
}

export async function remove(store: Store, key: string): Promise<void> {
  const db = await open();
  await done(db.transaction(store, "readwrite").objectStore(store).delete(key));
}

/** Returns what is kept under the key, making it on the first call. Of two tabs that make it at once the first one's stands. */
export async function keep<T>(store: Store, key: string, make: () => Promise<T>): Promise<T> {
  const kept = await read<T>(store, key);
  if (kept) return kept;
  const made = await make(); // outside the transaction, which ends when it has to wait
  const objects = (await open()).transaction(store, "readwrite").objectStore(store);
  const other = await done<T | undefined>(objects.get(key));
  if (other) return other;
  await done(objects.put(made, key));
  return made;
}

/** Drops everything that this browser keeps, the keys too. This page can keep nothing afterwards. */
export async function wipe(): Promise<void> {
  gone = true;
  const db = await opening?.catch(() => null);
  db?.close();
  await done(indexedDB.deleteDatabase("madoguchi"));
}

function open(): Promise<IDBDatabase> {
  if (gone) return Promise.reject(new Error("wiped"));
  opening ??= (async () => {
    const asked = indexedDB.open("madoguchi", 4);
    asked.onupgradeneeded = () => {
      for (const store of stores) {
        if (!asked.result.objectStoreNames.contains(store)) asked.result.createObjectStore(store);
      }
    };
    const db = await done(asked);
    db.onversionchange = () => db.close(); // a newer page in another tab must not wait for this one
    return db;
  })();
  return opening;
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

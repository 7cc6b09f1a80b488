// What this browser keeps (IndexedDB). Keys are stored as CryptoKey objects that cannot be exported; a person's data only sealed.

/** keys: the phone's keys by use · screens: a person's sealed screen by id · clock: the last measured offset. */
export type Store = "keys" | "screens" | "clock";

let opening: Promise<IDBDatabase> | null = null;

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

function open(): Promise<IDBDatabase> {
  opening ??= (async () => {
    const asked = indexedDB.open("madoguchi", 2);
    asked.onupgradeneeded = () => {
      for (const store of ["keys", "screens", "clock"] satisfies Store[]) {
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

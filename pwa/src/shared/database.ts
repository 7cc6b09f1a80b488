// What this browser keeps (IndexedDB). Keys are stored as CryptoKey objects that cannot be exported; a
// person's data only sealed.

const stores = ["keys", "screens", "clock", "people", "papers", "fonts"] as const;

/**
 * keys: the phone's keys by use · screens, papers, fonts: a person's sealed screen, copy and font by id ·
 * people: the sealed list of whom this phone shows · clock: the last measured offset.
 */
export type Store = (typeof stores)[number];

const patience = 4_000; // ms that a browser may take to open or delete the database: some never answer

let opening: Promise<IDBDatabase> | null = null;
let gone = false; // wiped: this page keeps nothing any more
let tell: (wiped: boolean) => void = () => undefined;

/**
 * Has this page told when what this browser keeps is dropped: by another page that wipes it, or else by the
 * browser or its user.
 */
export function whenDropped(then: (wiped: boolean) => void): void {
  tell = then;
}

export async function read<T>(store: Store, key: string): Promise<T | undefined> {
  const db = await open();
  return done<T | undefined>(db.transaction(store).objectStore(store).get(key));
}

export async function write(store: Store, key: string, value: unknown): Promise<void> {
  const change = (await open()).transaction(store, "readwrite");
  change.objectStore(store).put(value, key);
  await finished(change);
}

export async function remove(store: Store, key: string): Promise<void> {
  const change = (await open()).transaction(store, "readwrite");
  change.objectStore(store).delete(key);
  await finished(change);
}

/**
 * Returns what is kept under the key, making it on the first call. Of two tabs that make it at once the first
 * one's stands.
 */
export async function readOrMake<T>(store: Store, key: string, make: () => Promise<T>): Promise<T> {
  const kept = await read<T>(store, key);
  if (kept) return kept;
  const made = await make(); // outside the transaction, which ends when it has to wait
  const change = (await open()).transaction(store, "readwrite");
  const objects = change.objectStore(store);
  const other = await done<T | undefined>(objects.get(key));
  if (other) return other;
  objects.put(made, key);
  await finished(change);
  return made;
}

/**
 * Drops everything that this browser keeps, the keys too. This page can keep nothing afterwards. The stores
 * are emptied as well: a page that holds the database may keep it from being deleted, but not from being
 * empty. While this page holds it too, the browser says when all others have been told to let go: what they
 * stored until then goes with the rest.
 */
export async function wipe(): Promise<void> {
  const db = await open().catch(() => null);
  gone = true;
  if (db) db.onversionchange = null;
  const empty = async (): Promise<void> => {
    const change = db?.transaction(stores, "readwrite");
    for (const store of stores) change?.objectStore(store).clear();
    if (change) await finished(change);
  };
  await empty().catch(() => undefined); // the browser may have dropped it already
  await new Promise((settled) => {
    const asked = indexedDB.deleteDatabase("madoguchi");
    asked.onsuccess = asked.onerror = settled;
    asked.onblocked = () =>
      void empty()
        .catch(() => undefined)
        .then(() => db?.close()); // deleted at once, or when the last page lets go
    setTimeout(settled, patience);
  });
}

/**
 * Opens the database once a page. Where it cannot be opened nobody waits for it again: the page shows what
 * the server has.
 */
function open(): Promise<IDBDatabase> {
  if (gone) return Promise.reject(new Error("wiped"));
  return (opening ??= connect());
}

function connect(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("madoguchi", 4);
    setTimeout(() => reject(new Error("no answer")), patience);
    asked.onupgradeneeded = () => {
      for (const store of stores) {
        if (!asked.result.objectStoreNames.contains(store)) asked.result.createObjectStore(store);
      }
    };
    asked.onblocked = asked.onerror = reject; // blocked: by an older page that does not let go
    asked.onsuccess = () => {
      const db = asked.result;
      db.onclose = () => {
        opening = null; // the next need opens it anew
        if (!gone) tell(false);
      };
      db.onversionchange = (e) => {
        db.close(); // a newer page, or one that wipes, must not wait for this one
        if (e.newVersion !== null) return;
        gone = true;
        tell(true);
      };
      resolve(db);
    };
  });
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Waits until a change is stored: a full disk may still refuse it after its requests have succeeded. */
function finished(change: IDBTransaction): Promise<unknown> {
  return new Promise((resolve, reject) => {
    change.oncomplete = resolve;
    change.onabort = () => reject(change.error);
  });
}

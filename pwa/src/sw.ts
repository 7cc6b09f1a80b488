// The service worker: it keeps the screen's shell and files, so that the screen opens without a network and without a server.
// It never touches /api/, and it keeps nothing about anybody: what is personal lies sealed in IndexedDB (patient/sealed.ts).
// A new version waits until the phone has closed all pages of the old one: nothing changes under a patient at the counter.
declare const self: ServiceWorkerGlobalScope;
declare const BUILD: string; // names the files and the shell of this version (build/bundle)
declare const FILES: string[]; // addresses of this version's files
declare const LATER: string[]; // addresses of those that a page asks for when they are first used
declare const PROGRAM: string; // the one among them that the shell starts
declare const SHELL: string; // address of the screen

const cacheName = `madoguchi-${BUILD}`;
const slow = 3_000; // how long another page may take before the phone counts as being without network

self.addEventListener("install", (e) => e.waitUntil(install()));
self.addEventListener("activate", (e) => e.waitUntil(dropOld()));
self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/api/")) return;
  if (e.request.mode === "navigate") {
    if (url.pathname === SHELL) e.respondWith(shell(e, url));
    else if (url.pathname === "/") e.respondWith(door(e.request));
  } else if (FILES.includes(url.pathname) || LATER.includes(url.pathname)) {
    e.respondWith(file(e.request));
  }
});

self.addEventListener("message", (e) => {
  if (e.data === "later") e.waitUntil(keepLater());
});

/** Keeps what the first load left out, once the page has nothing more urgent. */
async function keepLater(): Promise<void> {
  const cache = await caches.open(cacheName);
  for (const address of LATER) {
    if (!(await cache.match(address))) await cache.add(address);
  }
}

/** The shell is fetched anew; a file's address names what is in it, so the one that the page has just loaded will do. */
async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([new Request(SHELL, { cache: "reload" }), ...FILES]);
}

async function dropOld(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith("madoguchi-") && name !== cacheName) await caches.delete(name);
  }
}

/** Answers with the kept shell at once, and looks for the one of the visitor's present language and look for the next time. */
async function shell(e: FetchEvent, url: URL): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(SHELL);
  if (kept && !url.search) {
    e.waitUntil(refresh(cache, e.request).catch(() => undefined));
    return kept;
  }
  try {
    return await refresh(cache, e.request); // another language was asked for
  } catch (failure) {
    if (kept) return kept;
    throw failure;
  }
}

/** Fetches the shell; it is kept only if it is of this version: a page must not name files that this cache lacks. */
async function refresh(cache: Cache, asked: Request): Promise<Response> {
  const fresh = await fetch(asked.url, { cache: "reload", credentials: "same-origin" });
  if (!fresh.ok) throw new Error(`HTTP ${fresh.status}`);
  if ((await fresh.clone().text()).includes(PROGRAM)) await cache.put(SHELL, fresh.clone());
  return fresh;
}

/** The first page leads to the screen when there is no network: the screen says what the phone has. */
async function door(asked: Request): Promise<Response> {
  try {
    return await fetch(asked, { signal: AbortSignal.timeout(slow) });
  } catch {
    return Response.redirect(SHELL, 302);
  }
}

async function file(asked: Request): Promise<Response> {
  return (await (await caches.open(cacheName)).match(asked)) ?? fetch(asked);
}

export {};

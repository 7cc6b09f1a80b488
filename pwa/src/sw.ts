// The service worker: it keeps the screen's shell and files, so that the screen opens without a network and
// without a server. It never touches /api/, and it keeps nothing about anybody: what is personal lies sealed
// in IndexedDB (patient/sealed.ts). A new version waits until the phone has closed all pages of the old one:
// nothing changes under a patient at the counter.
import { inTurn } from "./shared/inturn";
import { within } from "./shared/within";

declare const self: ServiceWorkerGlobalScope;
declare const BUILD: string; // names the files and the shell of this version (build/bundle)
declare const FILES: string[]; // addresses of this version's files
declare const LATER: string[]; // addresses of those that a page asks for when they are first used
declare const PROGRAM: string; // the one among them that the shell starts
declare const SHELL: string; // address of the screen

const cacheName = `madoguchi-${BUILD}`;
const slow = 3_000; // how long another page may take before the phone counts as being without network
// In the cache: display preferences were chosen elsewhere since the shell was kept.
const preferencesMark = "/look-chosen";
const patience = 20_000; // a weak signal may swallow a request without a word

/** What Chromium has in an install event since 123, elsewhere not: requests that leave the worker asleep. */
interface Routes {
  addRoutes?(routes: { condition: { urlPattern: string }; source: "network" }[]): Promise<void>;
}

self.addEventListener("install", (e) => {
  void (e as Routes)
    .addRoutes?.(
      ["/api/*", "/people/*"].map((urlPattern) => ({ condition: { urlPattern }, source: "network" })),
    )
    .catch(() => undefined);
  e.waitUntil(install());
});
self.addEventListener("activate", (e) => e.waitUntil(dropOld()));
self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.mode === "navigate" && url.origin === location.origin) {
    if (choosesPreferences(e.request, url)) e.waitUntil(notePreferences());
    if (e.request.method === "POST" && url.pathname === "/logout") return e.respondWith(logout(e.request));
  }
  if (e.request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/api/")) {
    return;
  }
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

/**
 * Keeps what the first load left out, once the page has nothing more urgent; nothing on a phone that was
 * wiped since.
 */
async function keepLater(): Promise<void> {
  if (!(await caches.has(cacheName))) return;
  for (const address of LATER) {
    if (await caches.match(address, { cacheName })) continue;
    const answer = await ownFile(address);
    await inCache((cache) => cache.put(address, answer));
  }
}

/**
 * Changes this version's cache where there is one. Browsers drop a site's caches and its worker together:
 * where only the cache is gone, the phone was wiped while what is to be kept was on its way.
 */
function inCache(change: (cache: Cache) => Promise<void>): Promise<void> {
  return inTurn(async () => {
    if (await caches.has(cacheName)) await change(await caches.open(cacheName));
  });
}

/**
 * The shell is fetched anew; a file's address names what is in it, so the one that the page has just loaded
 * will do. In the middle of an update one server may answer with another version than the next: such a
 * mixture is not kept, and the next visit tries again.
 */
async function install(): Promise<void> {
  const page = await shellNow(SHELL);
  if (!page.text.includes(PROGRAM)) throw new Error("another version's shell");
  const cache = await caches.open(cacheName);
  await Promise.all(FILES.map(async (address) => cache.put(address, await ownFile(address))));
  await cache.put(SHELL, page.answer());
}

/**
 * Fetches a file of this version. A server gives another version's under the same name with no-store
 * (pwa/assets.go), a gateway on the way a page of its own.
 */
async function ownFile(address: string): Promise<Response> {
  const answer = await fetch(address);
  const page = answer.headers.get("Content-Type")?.startsWith("text/html");
  const other = answer.headers.get("Cache-Control")?.includes("no-store");
  if (!answer.ok || page || other) throw new Error(`HTTP ${answer.status}`);
  return answer;
}

async function dropOld(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith("madoguchi-") && name !== cacheName) await caches.delete(name);
  }
}

/** Reports whether a page was asked for that changes how the shell has to look. */
function choosesPreferences(asked: Request, url: URL): boolean {
  return (
    url.pathname !== SHELL &&
    (url.searchParams.has("lang") || (url.pathname === "/settings" && asked.method === "POST"))
  );
}

function notePreferences(): Promise<void> {
  return inCache((cache) => cache.put(preferencesMark, new Response()));
}

/**
 * Answers with the kept shell at once, and fetches the one of the visitor's present display preferences for
 * the next time; where others were chosen meanwhile, the shell of those is waited for a little.
 */
async function shell(e: FetchEvent, url: URL): Promise<Response> {
  const page = await kept(SHELL);
  if (page && !url.search && (await kept(preferencesMark))) {
    const newShell = refresh(SHELL).catch(() => page);
    e.waitUntil(newShell);
    return Promise.race([newShell, new Promise<Response>((done) => setTimeout(() => done(page), slow))]);
  }
  if (page && !url.search) {
    e.waitUntil(refresh(SHELL).catch(() => undefined));
    return page;
  }
  try {
    return await refresh(url.href); // another language was asked for
  } catch (failure) {
    if (page) return page;
    throw failure;
  }
}

/**
 * Fetches the shell; it is kept only if it is of this version: a page must not name files that this cache
 * lacks. A phone without room for it shows it all the same.
 */
async function refresh(address: string): Promise<Response> {
  const page = await shellNow(address);
  if (page.text.includes(PROGRAM)) await keepShell(page.answer()).catch(() => undefined);
  return page.answer();
}

/**
 * Fetches the shell whole: of an answer that is cloned, the half that nobody reads may hold the worker, and
 * with it the next version.
 */
async function shellNow(address: string): Promise<{ text: string; answer: () => Response }> {
  const answer = await fetch(address, { cache: "reload", signal: within(patience) });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const text = await answer.text();
  const headers = new Headers(answer.headers);
  // They tell of the bytes that came.
  for (const wire of ["Content-Encoding", "Content-Length"]) headers.delete(wire);
  return { text, answer: () => new Response(text, { headers }) };
}

function keepShell(page: Response): Promise<void> {
  return inCache(async (cache) => {
    await cache.put(SHELL, page);
    await cache.delete(preferencesMark);
  });
}

/**
 * Returns what is kept, and makes no cache; nothing where the browser cannot tell, for then there may still
 * be a network.
 */
async function kept(asked: RequestInfo): Promise<Response | undefined> {
  try {
    return await caches.match(asked, { cacheName });
  } catch {
    return undefined;
  }
}

/** The first page leads to the screen when there is no network: the screen says what the phone has. */
async function door(asked: Request): Promise<Response> {
  try {
    return await fetch(asked, { signal: within(slow) });
  } catch {
    return Response.redirect(SHELL, 302);
  }
}

/** Sends a log-out; without network the screen keeps the wish for later (patient/logout.ts). */
async function logout(asked: Request): Promise<Response> {
  try {
    return await fetch(asked, { signal: within(patience) });
  } catch {
    return Response.redirect(`${SHELL}?logout=later`, 303);
  }
}

async function file(asked: Request): Promise<Response> {
  return (await kept(asked)) ?? fetch(asked);
}

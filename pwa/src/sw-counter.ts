// The console's own service worker: it keeps the console's page and files, so that a clinic's PC that was
// signed in opens it without a network (counter/offlineday.ts). It answers for the console's address alone;
// the patient's screen has a worker of its own (sw.ts). It never touches /api/, and keeps nothing about any
// patient. Where the server asks to sign in, the kept page goes.
import { within } from "./shared/within";

declare const self: ServiceWorkerGlobalScope;
declare const BUILD: string; // names the files of this version (build/bundle)
declare const FILES: string[]; // addresses of this version's files, the camera's decoder among them
declare const PROGRAM: string; // the one among them that the page starts
declare const SHELL: string; // address of the console

const cacheName = `counter-${BUILD}`;
const slow = 4_000; // how long the page may take before the PC counts as being without network

self.addEventListener("install", (e) => e.waitUntil(install()));
self.addEventListener("activate", (e) => e.waitUntil(dropOld()));
self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin) return;
  if (e.request.mode === "navigate") {
    if (url.pathname === SHELL) e.respondWith(shell(e.request));
  } else if (FILES.includes(url.pathname)) {
    e.respondWith(file(e.request));
  }
});

/** The files' addresses name what is in them; a gateway's page in their place is not kept. */
async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  const keep = async (address: string): Promise<void> => {
    const answer = await fetch(address);
    const page = answer.headers.get("Content-Type")?.startsWith("text/html");
    const other = answer.headers.get("Cache-Control")?.includes("no-store"); // another version's
    if (!answer.ok || page || other) throw new Error(`HTTP ${answer.status}`);
    await cache.put(address, answer);
  };
  await Promise.all(FILES.map(keep));
  await shell(new Request(SHELL)).catch(() => undefined);
}

async function dropOld(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith("counter-") && name !== cacheName) await caches.delete(name);
  }
}

/** Fetches the page and keeps it; without network it is the kept one. */
async function shell(asked: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  let answer: Response;
  try {
    answer = await fetch(asked, { signal: within(slow) });
  } catch (failure) {
    const kept = await cache.match(SHELL);
    if (kept) return kept;
    throw failure;
  }
  if (answer.status >= 500) return (await cache.match(SHELL)) ?? answer; // the server is in trouble
  if (!answer.ok || answer.redirected) {
    await cache.delete(SHELL); // somebody has to sign in
    return answer;
  }
  const text = await answer.text();
  const headers = new Headers(answer.headers);
  for (const wire of ["Content-Encoding", "Content-Length"]) headers.delete(wire); // of the bytes that came
  const page = (): Response => new Response(text, { headers });
  if (text.includes(PROGRAM)) await cache.put(SHELL, page()).catch(() => undefined);
  return page();
}

async function file(asked: Request): Promise<Response> {
  return (await caches.match(asked, { cacheName })) ?? fetch(asked);
}

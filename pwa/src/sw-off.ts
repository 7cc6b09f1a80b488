// The kill switch: served in sw.ts' place (MADOGUCHI_NO_WORKER), it drops the kept files and removes itself. Open pages stay as
// they are, and what the phone keeps of its people stays too.
declare const self: ServiceWorkerGlobalScope;

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (e) => e.waitUntil(end()));

async function end(): Promise<void> {
  for (const name of await caches.keys()) await caches.delete(name);
  await self.registration.unregister();
}

export {};

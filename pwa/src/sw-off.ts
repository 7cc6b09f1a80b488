// The kill switch: served in sw.ts' place (MADOGUCHI_NO_WORKER), it drops the kept files and removes itself.
// Open pages stay as they are, and what the phone keeps of its people stays too.
declare const self: ServiceWorkerGlobalScope;

let begun = false;

self.addEventListener("install", () => void takeOver());
self.addEventListener("activate", (e) => {
  begun = true;
  e.waitUntil(end());
});

/**
 * Takes the old worker's place. When a page's request wakes that one at the wrong moment, Chromium keeps it
 * until it is asked again.
 */
async function takeOver(): Promise<void> {
  for (let tries = 0; !begun && tries < 30; tries++) {
    void self.skipWaiting();
    await new Promise((done) => setTimeout(done, 1_000));
  }
}

async function end(): Promise<void> {
  for (const name of await caches.keys()) await caches.delete(name);
  await self.registration.unregister();
}

export {};

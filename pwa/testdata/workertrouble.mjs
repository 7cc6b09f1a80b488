import { readFileSync } from "node:fs";
const [source, program, file] = [readFileSync(process.argv[2], "utf8"), process.argv[3], process.argv[4]];
const later = JSON.parse(source.match(/\[[^\]]*\/static\/[^\]]*\]/g)[1])[0];
const cacheName = source.match(/madoguchi-[0-9a-f]{16}/)[0];
const origin = "https://localhost:8080";
const own = { "Cache-Control": "public, max-age=31536000, immutable" };
const other = { "Cache-Control": "no-store" };
const shell = '<script src="' + program + '">';
const path = (asked) => new URL(typeof asked === "string" ? asked : asked.url, origin).pathname;

function browser({ answer, full = false, shut = false, kept = {}, old = false, looked = () => {} }) {
  const listeners = {};
  let held = false; // Web Locks: one holds a lock at a time, at once where nobody does
  const waiting = [];
  const request = async (name, options, work) => {
    if (held) await new Promise((turn) => waiting.push(turn));
    held = true;
    try {
      return await work();
    } finally {
      held = waiting.length > 0;
      waiting.shift()?.();
    }
  };
  const stores = new Map([["madoguchi-old", new Map()]]);
  const cacheOf = (name) => {
    if (!stores.has(name)) stores.set(name, new Map());
    const store = stores.get(name);
    return {
      match: async (asked) => store.get(path(asked))?.clone(),
      put: async (asked, response) => {
        if (full) throw new DOMException("", "QuotaExceededError");
        store.set(path(asked), response);
      },
      add(asked) {
        return this.addAll([asked]);
      },
      async addAll(all) {
        for (const asked of all) {
          const r = await fetch(asked);
          if (!r.ok) throw new TypeError("HTTP " + r.status);
          await this.put(asked, r);
        }
      },
    };
  };
  const opened = () => {
    if (shut) throw new DOMException("", "UnknownError");
  };
  const caches = {
    open: async (name) => {
      opened();
      return cacheOf(name);
    },
    has: async (name) => {
      opened();
      const there = stores.has(name);
      looked(stores, request);
      return there;
    },
    match: async (asked, { cacheName }) => {
      opened();
      return stores.get(cacheName)?.get(path(asked))?.clone();
    },
    keys: async () => [...stores.keys()],
    delete: async (name) => stores.delete(name),
  };
  const fetch = async (asked, init) => {
    const r = answer(path(asked), init);
    if (!r) throw new TypeError("Failed to fetch");
    return r;
  };
  class Asked {
    constructor(address, init) {
      Object.assign(this, { method: "GET", mode: "no-cors" }, init);
      this.url = new URL(address, origin).href;
    }
  }
  const self = { addEventListener: (kind, does) => (listeners[kind] = does), skipWaiting() {} };
  class Answer extends Response {
    static redirect(to, status) {
      const r = new Response(null, { status });
      r.headers.set("Location", to);
      return r;
    }
  }
  const globals = { self, caches, fetch, Request: Asked, Response: Answer, location: { origin } };
  globals.AbortSignal = old ? class {} : AbortSignal;
  globals.navigator = old ? {} : { locks: { request } };
  new Function(...Object.keys(globals), source)(...Object.values(globals));
  const cache = cacheOf(cacheName);
  for (const [address, response] of Object.entries(kept)) stores.get(cacheName).set(address, response);
  const fire = async (kind, more) => {
    const waits = [];
    let response;
    listeners[kind]({ waitUntil: (p) => waits.push(p), respondWith: (p) => (response = p), ...more });
    const settled = await Promise.allSettled(waits);
    return { failed: settled.some((s) => s.status === "rejected"), response };
  };
  return {
    fire,
    cache,
    stores,
    navigate: async (to) => (await fire("fetch", { request: new Asked(to, { mode: "navigate" }) })).response,
    get: async (to) => (await fire("fetch", { request: new Asked(to) })).response,
  };
}

const text = async (p) => {
  try {
    const r = await p;
    return r.status === 302 ? "to " + r.headers.get("Location") : await r.text();
  } catch (e) {
    return "failed: " + e;
  }
};
const server = (p) =>
  p === "/screen"
    ? new Response(shell)
    : p.startsWith("/static/")
      ? new Response("new", { headers: own })
      : new Response("door");
const out = {};

let b = browser({ answer: server });
out["installed"] =
  !(await b.fire("install")).failed &&
  (await text(b.cache.match(file))) === "new" &&
  (await text(b.cache.match("/screen"))) === shell;

b = browser({ answer: (p) => (p === file ? new Response("old", { headers: other }) : server(p)) });
out["another version's file is refused"] = (await b.fire("install")).failed;

b = browser({
  answer: (p) => (p === "/screen" ? new Response('<script src="/static/0000/patient.js">') : server(p)),
});
out["another version's shell is refused"] = (await b.fire("install")).failed;

b = browser({ answer: (p) => (p === later ? new Response("old", { headers: other }) : server(p)) });
await b.fire("install");
await b.fire("message", { data: "later" });
out["another version's part is not kept"] = (await b.cache.match(later)) === undefined;

const gateway = () =>
  new Response("<h1>Wi-Fi</h1>", { headers: { "Content-Type": "text/html; charset=utf-8" } });
b = browser({ answer: (p) => (p === file ? gateway() : server(p)) });
out["a gateway's page in a file's place is refused"] = (await b.fire("install")).failed;

b = browser({ answer: server, full: true });
out["a full phone cannot install"] = (await b.fire("install")).failed;
out["a full phone shows the screen"] = (await text(b.navigate("/screen"))) === shell;
out["a full phone shows the screen in another language"] =
  (await text(b.navigate("/screen?lang=en"))) === shell;

b = browser({ answer: server, shut: true });
out["a phone whose cache is shut shows the screen"] = (await text(b.navigate("/screen"))) === shell;
out["and its files"] = (await text(b.get(program))) === "new";

b = browser({ answer: () => null, kept: { "/screen": new Response(shell), [program]: new Response("new") } });
out["without network the kept shell"] =
  (await text(b.navigate("/screen"))) === shell &&
  (await text(b.get(program))) === "new" &&
  (await text(b.navigate("/screen?lang=en"))) === shell;
out["without network the door leads to the screen"] = (await text(b.navigate("/"))) === "to /screen";

b = browser({ answer: server });
await b.fire("install");
b.stores.clear(); // 「この端末から全部消す」 in one tab, while another is open
out["a wiped phone keeps nothing anew"] =
  (await text(b.navigate("/screen"))) === shell &&
  (await text(b.get(program))) === "new" &&
  !(await b.fire("message", { data: "later" })).failed &&
  b.stores.size === 0;

for (const [what, asks] of [
  ["shell", () => b.navigate("/screen")],
  ["parts", () => b.fire("message", { data: "later" })],
  ["display preferences", () => b.navigate("/?lang=en")],
]) {
  let wiped = false; // between the worker's look whether there is a cache and its opening
  const looked = (stores, request) => wiped && request("caches", {}, () => stores.clear());
  b = browser({ answer: server, looked });
  await b.fire("install");
  wiped = true;
  await asks();
  await new Promise((done) => setTimeout(done, 20)); // what goes on behind the answer
  out["a phone that is wiped meanwhile keeps no " + what] = b.stores.size === 0;
}

b = browser({ answer: server, old: true }); // AbortSignal.timeout came with Safari 16
out["an older browser opens the door"] = (await text(b.navigate("/"))) === "door";
console.log(JSON.stringify(out));

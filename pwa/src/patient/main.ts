// The patient's screen. Elements: #qr, #age, #clock, #holder-name, #receipts, #pdf, #state, #figures, #details.
import { call, Problem } from "../shared/api";
import { byId, fillFigures, h, say } from "../shared/dom";
import { draw } from "../shared/qr";
import { word } from "../shared/words";
import { watchReceipts } from "./receipts";

interface Screen {
  jws: string;
  issuedAt: string;
  expiresAt: string;
  serverTime: string;
  registeredOn: string;
  details: Record<string, string> & { share: number };
}

const renewEvery = 30_000; // a live code is made anew every 30 s (DESIGN.md section 4)
const retryEvery = 5_000;

const root = byId("screen");
const canvas = byId<HTMLCanvasElement>("qr");
let person = root.dataset["person"] ?? "";
let screen: Screen | null = null;
let offset = 0; // our clock less the server's, in ms
let timer = 0;
let failing = false;

/** Asks for a new code, draws it, and comes back in 30 s; after a failure in 5. */
async function renew(): Promise<void> {
  clearTimeout(timer);
  const asked = person;
  try {
    const began = Date.now();
    const made = await call<Screen>("POST", `/api/v1/people/${asked}/credential`, { tier: "live" });
    if (asked !== person) return;
    offset = (began + Date.now()) / 2 - Date.parse(made.serverTime);
    screen = made;
    failing = false;
    draw(canvas, made.jws);
    show(made);
    timer = window.setTimeout(() => void renew(), renewEvery);
  } catch (e) {
    if (e instanceof Problem && e.status === 403) {
      location.href = "/login";
      return;
    }
    failing = true;
    if (e instanceof Problem && e.status < 500 && !screen) say(byId("state"), e.message);
    timer = window.setTimeout(() => void renew(), retryEvery);
  }
  tick();
}

function show(s: Screen): void {
  const d = s.details;
  say(byId("holder-name"), d["name"] ?? "");
  say(byId("holder-kana"), d["kana"] ?? "");
  say(byId("holder-birth"), word("born", { d: d["birthDateJa"] ?? "" }));
  const day = s.registeredOn.split("-").map(Number);
  say(byId("registered"), word("registered", { d: `${day[1]}月${day[2]}日` }));
  fillFigures(byId("figures"), [
    [word("insurerNumber"), d["insurerNumber"]], [word("symbol"), d["symbol"]], [word("number"), d["number"]],
    [word("branch"), d["branchNumber"]], [word("share"), d["shareText"]],
  ]);
  fillFigures(byId("details"), [
    [word("insurer"), d["insurerName"]], [word("alias"), d["alias"]], [word("sex"), d["sex"]], [word("relation"), d["relation"]],
    [word("subscriber"), d["subscriberName"]], [word("qualified"), d["qualifiedOn"]], [word("validFrom"), d["validFrom"]],
    [word("validUntil"), d["validUntil"]], [word("limit"), d["limit"]], [word("post"), d["postCode"]], [word("address"), d["address"]],
  ]);
  byId<HTMLAnchorElement>("pdf").href = `/people/${person}/document.pdf`;
}

/** Once a second: the clock, the code's age in words, the bar, and an end to what is too old to be accepted. */
function tick(): void {
  const now = new Date();
  say(byId("clock"), now.toLocaleTimeString("ja-JP", { hour12: false }));
  if (!screen) return;
  const server = Date.now() - offset;
  const age = Math.max(0, Math.round((server - Date.parse(screen.issuedAt)) / 1000));
  const dead = server > Date.parse(screen.expiresAt);
  say(byId("age"), age < 120 ? word("ageSeconds", { n: age }) : word("ageMinutes", { n: Math.floor(age / 60) }));
  byId("bar").style.transform = `scaleX(${Math.max(0, 1 - age / 90)})`;
  canvas.classList.toggle("stale", dead);
  say(byId("state"), dead ? word("tooOld") : "");
  if (failing && !dead && age > 45) say(byId("age"), `${byId("age").textContent} ・ ${word("offline", { n: retryEvery / 1000 })}`);
}

/** Shows the code alone, as large as the screen allows, until it is tapped. */
function bigger(): void {
  if (!screen) return;
  const big = h("canvas", "") as HTMLCanvasElement;
  const close = h("button", "button", word("close"));
  const over = h("div", "biggest", big, close);
  over.setAttribute("role", "dialog");
  over.setAttribute("aria-modal", "true");
  const end = (): void => {
    over.remove();
    byId("bigger").focus();
  };
  over.addEventListener("click", end);
  over.addEventListener("keydown", (e) => {
    if (e.key === "Escape") end();
  });
  document.body.append(over);
  draw(big, screen.jws);
  close.focus();
}

async function stayAwake(): Promise<void> {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // the phone may refuse to stay awake; the screen works all the same
  }
}

for (const tile of document.querySelectorAll<HTMLButtonElement>(".tile")) {
  tile.setAttribute("aria-pressed", String(tile.dataset["person"] === person));
  tile.addEventListener("click", () => {
    person = tile.dataset["person"] ?? person;
    screen = null;
    canvas.classList.add("stale");
    for (const other of document.querySelectorAll(".tile")) other.setAttribute("aria-pressed", String(other === tile));
    say(byId("state"), word("making"));
    void renew();
  });
}
byId("bigger").addEventListener("click", bigger);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") {
    void stayAwake();
    void renew();
  } else {
    clearTimeout(timer);
  }
});
setInterval(tick, 1000);
void renew();
void stayAwake();
void watchReceipts(byId("receipts"));

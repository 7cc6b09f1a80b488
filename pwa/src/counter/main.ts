// The counter's console. Elements: #scan-camera, #scan-text, #scan-submit, #verdict, #card-check, #card-verdict, #record,
// #park, #refuse, #readers, #pair-code, #pair-submit.
import { call } from "../shared/api";
import { byId, fillFigures, h, say } from "../shared/dom";
import { word } from "../shared/words";
import { scan } from "./camera";
import { follow } from "./extra-checks";

interface Sentence {
  ja: string;
  en: string;
}
interface Check extends Sentence {
  name: string;
  result: "passed" | "failed" | "not checked";
}
interface Case {
  id: string;
  outcome: string;
  verdict: { valid: boolean; tier: string; issuerName?: string; issuedAt: string | null; headline: Sentence; next: Sentence; checks: Check[] };
  eligibility: null | Record<string, string | number>;
  method: { ja: string };
  ask: string[];
  card: null | { result: string; headline: Sentence; next: Sentence; checks: Check[]; proves: string[]; notProven: string[] };
}
interface Status {
  readers: { name: string; connected: boolean }[];
  trustList: { issuedAt: string };
  today: number;
  parked: number;
  serverTime: string;
}

const english = document.documentElement.lang === "en";
const local = (s: Sentence): string => (english ? s.en : s.ja);

let current: Case | null = null;
let stop: AbortController | null = null;
let busy = false;

/** Runs one action at a time and shows what went wrong as one sentence. */
async function act(work: () => Promise<void>): Promise<void> {
  if (busy) return;
  busy = true;
  byId("problem").hidden = true;
  try {
    await work();
  } catch (e) {
    const box = byId("problem");
    box.hidden = false;
    say(box, e instanceof Error && e.message ? e.message : word("problem"));
  } finally {
    busy = false;
  }
}

async function open(text: string): Promise<void> {
  show(await call<Case>("POST", "/api/v1/counter/cases", { text }));
}

function marks(checks: Check[]): HTMLElement[] {
  return checks.map((c) => h("li", c.result.replace(" ", "-"), h("span", "mark", c.result === "passed" ? "✓" : c.result === "failed" ? "×" : "―"), h("span", "", local(c))));
}

/** Shows a case in the three panes. */
function show(c: Case): void {
  current = c;
  follow(c.id);
  byId("scan").hidden = true;
  byId("shown").hidden = c.eligibility === null;
  byId("decide").hidden = false;
  const refused = c.card?.result === "refused";
  const kind = c.verdict.valid ? "" : " bad";
  const age = c.verdict.issuedAt ? Math.max(0, Math.round((Date.now() - Date.parse(c.verdict.issuedAt)) / 1000)) : null;
  const lines = [h("h3", "", local(c.verdict.headline))];
  if (c.verdict.valid && age !== null) {
    const made = age < 120 ? word("ageSeconds", { n: age }) : word("ageMinutes", { n: Math.floor(age / 60) });
    lines.push(h("p", "", word("issuedBy", { i: c.verdict.issuerName ?? "", a: made })));
  }
  lines.push(h("p", "", local(c.verdict.next)));
  byId("verdict").replaceChildren(h("div", `verdict-box${kind}`, ...lines));
  byId("ask").replaceChildren(...(c.verdict.valid ? [h("div", "ask", h("h3", "", word("ask")), h("p", "", c.ask.join("・")))] : []));
  say(byId("method"), c.verdict.valid ? word("method", { m: c.method.ja }) : "");
  byId("checks").replaceChildren(...marks(c.verdict.checks));
  byId<HTMLButtonElement>("record").disabled = !c.verdict.valid || refused;
  const e = c.eligibility;
  if (e) {
    const text = (key: string): string => String(e[key] ?? "");
    say(byId("p-kana"), text("kana"));
    say(byId("p-name"), text("name"));
    say(byId("p-birth"), `${text("birthDateJa")}（${word("years", { n: text("age") })}）${text("sex")}`);
    fillFigures(byId("p-figures"), [
      [word("insurerNumber"), text("insurerNumber")], [word("symbol"), text("symbol")], [word("number"), text("number")],
      [word("branch"), text("branchNumber")], [word("share"), text("shareText")], [word("validUntil"), text("validUntil")],
    ]);
    say(byId("p-issuer"), text("insurerName"));
    say(byId("card-question"), word("cardQuestion", { d: text("birthDateJa") }));
  }
  byId("card-none").hidden = c.verdict.valid;
  byId("card-area").hidden = !c.verdict.valid;
  showCard(c);
  byId(!c.verdict.valid || refused ? "reason" : c.card ? "record" : "card-check").focus();
}

function showCard(c: Case): void {
  const place = byId("card-verdict");
  if (!c.card) {
    place.replaceChildren();
    return;
  }
  const kind = { confirmed: "", unverified: " unsure" }[c.card.result] ?? " bad";
  const list = (title: string, items: string[]): HTMLElement[] => (items.length ? [h("p", "", `${title}：${items.join("、")}`)] : []);
  place.replaceChildren(
    h("div", `verdict-box small${kind}`, h("h3", "", local(c.card.headline)), h("p", "", local(c.card.next))),
    h("ul", "checks", ...marks(c.card.checks)),
    h("div", "help", ...list(word("proves"), c.card.proves), ...list(word("notProven"), c.card.notProven)),
  );
}

/** Clears the panes for the next patient. */
function reset(sentence: string): void {
  stop?.abort();
  current = null;
  follow("");
  byId("scan").hidden = false;
  byId("shown").hidden = true;
  byId("decide").hidden = true;
  byId("card-area").hidden = true;
  byId("card-none").hidden = false;
  byId("card-verdict").replaceChildren();
  byId("ask").replaceChildren();
  byId("checks").replaceChildren();
  say(byId("method"), "");
  say(byId("card-state"), "");
  byId("verdict").replaceChildren(h("p", "help", sentence));
  byId<HTMLTextAreaElement>("scan-text").value = "";
  byId<HTMLInputElement>("reason").value = "";
  for (const box of document.querySelectorAll<HTMLInputElement>("#visual input")) box.checked = false;
  byId("scan-camera").focus();
}

async function camera(): Promise<void> {
  stop?.abort();
  const mine = (stop = new AbortController());
  say(byId("scan-state"), word("aim"));
  let text: string | null = null;
  try {
    text = await scan(byId<HTMLVideoElement>("scan-video"), mine.signal);
  } catch {
    say(byId("scan-state"), word("cameraFailed"));
    return;
  }
  say(byId("scan-state"), "");
  if (text) await act(() => open(text));
}

async function checkCard(): Promise<void> {
  const c = current;
  if (!c || !c.verdict.valid) return;
  say(byId("card-state"), word("cardReading"));
  byId<HTMLButtonElement>("card-check").disabled = true;
  try {
    show(await call<Case>("POST", `/api/v1/counter/cases/${c.id}/card-check`, { birthDateConfirmed: true }));
  } finally {
    say(byId("card-state"), "");
    byId<HTMLButtonElement>("card-check").disabled = false;
  }
}

async function decide(outcome: string): Promise<void> {
  const c = current;
  if (!c) return;
  const checks = [...document.querySelectorAll<HTMLInputElement>("#visual input:checked")].map((box) => box.value);
  if (checks.length) await call("POST", `/api/v1/counter/cases/${c.id}/visual`, { checks });
  await call("POST", `/api/v1/counter/cases/${c.id}/record`, { outcome, reason: byId<HTMLInputElement>("reason").value });
  reset(word("recorded"));
  await status();
}

async function pair(): Promise<void> {
  const answer = await call<{ words: string[] }>("POST", "/api/v1/counter/bridges", { code: byId<HTMLInputElement>("pair-code").value });
  say(byId("pair-state"), word("paired", { w: answer.words.join("・") }));
  byId<HTMLInputElement>("pair-code").value = "";
  setTimeout(() => void status(), 500);
}

async function copy(): Promise<void> {
  const e = current?.eligibility;
  if (!e) return;
  const rows = ["insurerNumber", "symbol", "number", "branchNumber", "name", "kana", "birthDate", "share"].map((k) => String(e[k] ?? ""));
  await navigator.clipboard.writeText(rows.join("\t"));
  say(byId("p-issuer"), word("copied"));
}

async function status(): Promise<void> {
  try {
    const s = await call<Status>("GET", "/api/v1/counter/status");
    const on = s.readers.filter((r) => r.connected);
    say(byId("readers"), on.length ? `● ${word("readerOn")}（${on.map((r) => r.name).join("、")}）` : `○ ${word("readerOff")}`);
    say(byId("trust"), word("trust", { d: new Date(s.trustList.issuedAt).toLocaleDateString("ja-JP", { month: "long", day: "numeric" }) }));
    say(byId("today"), String(s.today));
    say(byId("parked"), String(s.parked));
  } catch {
    say(byId("readers"), `○ ${word("readerOff")}`);
  }
}

const keys: Record<string, () => Promise<void>> = { F2: checkCard, F4: copy, F8: () => decide("parked") };
document.addEventListener("keydown", (e) => {
  const work = keys[e.key];
  if (work && current) {
    e.preventDefault();
    void act(work);
  } else if (e.key === "Escape") {
    reset(word("waiting"));
  }
});
byId("scan-camera").addEventListener("click", () => void camera());
byId("scan-submit").addEventListener("click", () => void act(() => open(byId<HTMLTextAreaElement>("scan-text").value)));
byId("card-check").addEventListener("click", () => void act(checkCard));
byId("record").addEventListener("click", () => void act(() => decide("accepted")));
byId("park").addEventListener("click", () => void act(() => decide("parked")));
byId("refuse").addEventListener("click", () => void act(() => decide("refused")));
byId("pair-submit").addEventListener("click", () => void act(pair));
byId("copy").addEventListener("click", () => void act(copy));
byId("cancel").addEventListener("click", () => reset(word("waiting")));
setInterval(() => say(byId("clock"), new Date().toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", hour12: false })), 1000);
setInterval(() => void status(), 5000);
void status();

// The line above the panes: reader, trust list, clocks and the day's counts. Elements: #readers, #trust,
// #clock-note, #today, #parked, #outage.
import { call, Problem } from "../shared/api";
import { clockWords } from "../shared/clock";
import { byId, setText } from "../shared/dom";
import { local, type Sentence } from "../shared/local";
import { word } from "../shared/words";
import { away, hear, lost } from "./ask";
import { learn, offset } from "./clock";

interface Status {
  readers: { name: string; connected: boolean }[];
  readerAway: boolean; // this counter's own; no other is asked in its place
  trustList: { issuedAt: string };
  today: number;
  parked: number;
  outage: number;
  serverTime: string;
  clock: Sentence | null;
}

const patience = 6_000; // ms: then the server counts as out of reach

let here = true; // until the server says otherwise
const told: (() => void)[] = [];

/** Reports whether a reader can be asked. */
export const readerHere = (): boolean => here;

/** Calls tell whenever a reader comes or goes. */
export function onReaders(tell: () => void): void {
  told.push(tell);
}

/** Says how the readers are; null where nothing is known of them. */
function showReaders(text: string, can: boolean | null): void {
  setText(byId("readers"), text);
  byId("readers").classList.toggle("missing", !can);
  if (can === null || can === here) return;
  here = can;
  for (const tell of told) tell();
}

/** Asks the server how things are and shows it. */
export async function status(): Promise<void> {
  try {
    const asked = Date.now();
    const s = await call<Status>("GET", "/api/v1/counter/status", undefined, patience);
    learn(asked, s.serverTime);
    hear(true, s.serverTime);
    const clocks = [clockWords(offset(), "pc"), s.clock ? local(s.clock) : ""].filter(Boolean).join(" ・ ");
    byId("clock-note").hidden = !clocks;
    setText(byId("clock-note"), clocks);
    const connected = s.readers.filter((r) => r.connected);
    const names = connected.map((r) => r.name).join("、");
    const can = connected.length > 0 && !s.readerAway;
    const cannot = word(connected.length ? "readerOwnOff" : "readerOff");
    showReaders(can ? `● ${word("readerOn")}（${names}）` : `○ ${cannot}`, can);
    setText(
      byId("trust"),
      word("trust", {
        d: new Date(s.trustList.issuedAt).toLocaleDateString("ja-JP", { month: "long", day: "numeric" }),
      }),
    );
    setText(byId("today"), String(s.today));
    setText(byId("parked"), String(s.parked));
    byId("outage").hidden = !s.outage;
    setText(byId("outage"), word("outageCount", { n: s.outage }));
  } catch (e) {
    hear(!lost(e));
    // Nothing is known of the readers; without the server none can be asked.
    const can = away() ? false : null;
    showReaders(`○ ${e instanceof Problem && e.key ? e.message : word("serverOff")}`, can);
  }
}

// What the console says of its time without the server. Elements: #offline-note.
import { span } from "../shared/clock";
import { byId, setText } from "../shared/dom";
import { language, word } from "../shared/words";

export interface Offline {
  away: boolean;
  ready: boolean;
  fetched: number; // ms, like all times here
  list: number;
  statuses: number[]; // of each list of revoked copies
  ends: number;
  now: number;
  waits: { own: number; others: number };
  sent: number;
  marked: number;
}

let said = ""; // what was sent last stays until something else is said

export function showOffline(o: Offline): void {
  const parts: string[] = [];
  if (o.away) {
    said = "";
    parts.push(word(o.ready ? "offlineNow" : "offlineNotReady"));
    if (o.ready) {
      parts.push(word("offlineList", { d: span(o.now - o.fetched) }));
      const d = span(o.now - Math.min(...o.statuses));
      parts.push(o.statuses.length ? word("offlineStatus", { d }) : word("offlineNoStatus"));
      if (o.now > o.ends) parts.push(word("offlineEnded"));
    }
  } else if (o.sent) {
    said = word("offlineSent", { n: o.sent }) + (o.marked ? word("offlineMarked", { n: o.marked }) : "");
  }
  if (said) parts.push(said);
  if (o.waits.own) parts.push(word("offlineWaits", { n: o.waits.own }));
  if (o.waits.others) parts.push(word("offlineOthers", { n: o.waits.others }));
  byId("offline-note").hidden = !parts.length;
  byId("offline-note").dataset["state"] = o.away ? "away" : "back";
  setText(byId("offline-note"), parts.join(language === "en" ? " " : ""));
}

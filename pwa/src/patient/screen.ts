// What is known of one person's screen, and how the page says it.
import { byId, fillFigures, say } from "../shared/dom";
import { word } from "../shared/words";

/** A credential with the items that it states, as the server gives it: live, or stored for the time without network. */
export interface Screen {
  jws: string;
  fitsQr: boolean;
  issuedAt: string;
  expiresAt: string;
  serverTime: string;
  registeredOn: string;
  details: Record<string, string> & { share: number }; // rareText: the names need a font of their own
}

/** What the page shows now, for the parts that look at it. */
export interface Shown {
  person: string;
  screen: Screen | null;
  tier: "live" | "screen" | "none";
  offset: number; // this phone's clock less the server's, ms
  away: boolean; // no live code can be had
}

let shown: { person: string; screen: Screen } | null = null;

/** Returns whose items the page shows and which; null before the first. */
export const shownScreen = (): { person: string; screen: Screen } | null => shown;

/** Fills the page with a person's items; the codes are drawn elsewhere (codes.ts). */
export function showDetails(person: string, s: Screen): void {
  const d = s.details;
  shown = { person, screen: s };
  byId("screen").style.removeProperty("--name-font");
  if (d["rareText"]) void import("./namefont").then(({ useNameFont }) => useNameFont(person, s)).catch(() => undefined); // the phone's own font has to do
  say(byId("holder-name"), d["name"] ?? "");
  say(byId("holder-kana"), (d["kana"] ?? "").normalize("NFKC")); // files come with half-width kana, which are hard to read
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
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".file-link")) link.href = `/people/${person}/${link.dataset["file"] ?? ""}`;
}

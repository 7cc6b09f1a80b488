// What a person's screen states, and how the page says it.
import { byId, fillFigures, h, setText, textOf } from "../shared/dom";
import { language, word, type Word } from "../shared/words";
import { dayInWords } from "./dayinwords";
import { shownKana, type Screen } from "./screen";

let shown: Screen | null = null; // whose details stand on the page

/** Fills the page with a person's items; the codes are drawn elsewhere (codes.ts). */
export function showDetails(person: string, s: Screen): void {
  const d = s.details;
  shown = s;
  byId("screen").style.removeProperty("--name-font");
  byId("name-shapes").hidden = !d["lacksShapes"];
  if (d.rareTexts) void drawNames(person, s);
  showName(d["name"] ?? "");
  setText(byId("holder-kana"), shownKana(d["kana"]));
  sayOf(byId("holder-birth"), "born", withOwn(d["birthDateJa"] ?? "", d["birthDate"]));
  sayOf(byId("registered"), "registered", dayInWords(s.registeredOn, false));
  fillFigures(byId("figures"), [
    [word("insurerNumber"), d["insurerNumber"]],
    [word("symbol"), d["symbol"]],
    [word("number"), d["number"]],
    [word("branch"), d["branchNumber"]],
    [word("share"), withOwn(d["shareText"] ?? "", d.share ? `${d.share}%` : "")],
  ]);
  fillFigures(byId("details"), [
    [word("insurer"), d["insurerName"]],
    [word("alias"), d["alias"]],
    [word("sex"), translated(d["sex"])],
    [word("relation"), translated(d["relation"])],
    [word("subscriber"), d["subscriberName"]],
    [word("qualified"), d["qualifiedOn"]],
    [word("validFrom"), d["validFrom"]],
    [word("validUntil"), d["validUntil"]],
    [word("limit"), d["limit"]],
    [word("post"), d["postCode"]],
    [word("address"), d["address"]],
  ]);
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".file-link")) {
    link.href = `/people/${person}/${link.dataset["file"] ?? ""}`;
  }
}

/** Shows the name; a long one smaller, so that the code keeps its place. */
export function showName(name: string): void {
  const place = byId("holder-name");
  setText(place, name);
  const width = [...name].reduce((sum, c) => sum + (c < "\u1100" ? 1 : 2), 0); // half-width columns
  place.classList.toggle("long", width > 30 && width <= 60);
  place.classList.toggle("longest", width > 60);
}

/**
 * Has the names drawn in a font of their own; where that cannot be, the phone's own has to do, and the page
 * says so.
 */
async function drawNames(person: string, s: Screen): Promise<void> {
  let drawn = false;
  try {
    const { useNameFont } = await import("./namefont");
    drawn = await useNameFont(person, s, () => shown === s);
  } catch (e) {
    if (e instanceof DOMException && e.name !== "AbortError" && e.name !== "TimeoutError") {
      console.error("The font of the names was refused:", e.message); // no name in it
    }
  }
  if (!drawn && shown === s) byId("name-shapes").hidden = false;
}

/**
 * Says a sentence about days that are not broken over two lines: its place {d} takes them, one or more with
 * spaces between.
 */
function sayOf(e: HTMLElement, key: Word, days: string): void {
  const [before, after] = word(key, { d: "\n" }).split("\n");
  if (textOf(e) === `${before}${days}${after}`) return;
  const unbroken = days.split(/( (?=\())/).map((day) => (day === " " ? day : h("span", "unbroken", day)));
  e.replaceChildren(before ?? "", ...unbroken, after ? h("span", "unbroken", after) : "");
}

/**
 * Japanese pages say a value as papers do; others add the patient's own way of writing it, since staff read
 * the first.
 */
function withOwn(ofPapers: string, own: string | undefined): string {
  return japanese || !own ? ofPapers : `${ofPapers} (${own})`;
}

const japanese = language.startsWith("ja");
const values: Record<string, Word> = { 男: "male", 女: "female", 本人: "self", 家族: "dependent" };

function translated(value: string | undefined): string | undefined {
  const key = value && values[value];
  if (language === "ja-easy" && key) return word(key); // the same characters, with their readings
  return key ? withOwn(value, word(key)) : value;
}

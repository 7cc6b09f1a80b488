// What a case looks like in the console's panes. Elements: #console, #scan, #shown, #decide, #verdict, #ask,
// #method, #checks, #passed, #passed-count, #passed-checks, #proven, the p-* of the person, #card-none,
// #card-area, #card-verdict, #face-area, #copy; those of accept.ts, second.ts.
import { span } from "../shared/clock";
import { byId, fillFigures, h, setText } from "../shared/dom";
import { local } from "../shared/local";
import { word } from "../shared/words";
import { ticks } from "./accept";
import { box, checkRows, kindOf } from "./box";
import { type Case, type Check, hasCard, screenFailed, tellsAnotherName } from "./casedata";
import { now } from "./clock";
import { usable } from "./copy";
import { atHand, onCase } from "./current";
import { showSecond } from "./second";
import { keepKeyboardInView } from "./turn";

/** Shows a case in the three panes. */
function showCase(c: Case): void {
  byId("scan").hidden = c.acceptable || c.verdict.awaits || !!c.paper;
  byId("shown").hidden = c.eligibility === null;
  byId("decide").hidden = false;
  showVerdict(c);
  showSecond(c.verdict.awaits, c.nonce ?? "");
  showPerson(c);
  byId("card-none").hidden = true;
  byId("card-area").hidden = !c.acceptable || !hasCard(c);
  showCard(c);
}

/**
 * Puts the keyboard where a case's next step is, unless somebody is typing. After a refused screen that is
 * another scan.
 */
export function keepKeyboard(c: Case): void {
  const typing = document.activeElement;
  const typedFields = ["reason", "text-year", "text-code"];
  const isTyping = typing instanceof HTMLInputElement && typedFields.includes(typing.id) && typing.value;
  if (!isTyping) nextStep(c).focus();
  keepKeyboardInView();
}

function showPerson(c: Case): void {
  const e = c.eligibility;
  if (!e) return;
  const text = (key: string): string => String(e[key] ?? "");
  // Files come with half-width kana, which are hard to read.
  setText(byId("p-kana"), text("kana").normalize("NFKC"));
  setText(byId("p-name"), text("name"));
  const birth = text("birthDateJa"); // empty of a paper that is not wholly typed
  const born = birth && `${birth}（${word("years", { n: text("age") })}）`;
  setText(byId("p-birth"), `${born}${text("sex")}`);
  fillFigures(byId("p-figures"), [
    [word("insurerNumber"), text("insurerNumber")],
    [word("symbol"), text("symbol")],
    [word("number"), text("number")],
    [word("branch"), text("branchNumber")],
    [word("share"), text("shareText")],
    [word("validUntil"), text("validUntil")],
  ]);
  setText(byId("p-issuer"), text("insurerName"));
}

/** Clears the panes: there is no case. */
export function showNone(sentence: string): void {
  byId("scan").hidden = byId("card-none").hidden = false;
  for (const id of ["shown", "decide", "card-area", "face-area", "problem", "passed"]) {
    byId(id).hidden = true;
  }
  for (const id of ["card-verdict", "ask", "checks", "passed-checks"]) byId(id).replaceChildren();
  byId<HTMLDetailsElement>("passed").open = false;
  showSecond(false, "");
  for (const id of ["method", "copy-state"]) setText(byId(id), "");
  byId("verdict").replaceChildren(h("p", "help", sentence));
  byId("console").dataset["state"] = "none";
  age = null;
}

function nextStep(c: Case): HTMLElement {
  if (c.verdict.awaits) return byId("second-text");
  if (!c.acceptable) return byId(c.paper ? "paper-correct" : "scan-text");
  if (c.cardRefused) return byId("park");
  // there is no card, or its chip could not be asked
  const eye = (!hasCard(c) || c.card?.result === "refused") && !ticks().length;
  return (eye && document.querySelector<HTMLElement>("#visual input")) || byId("record");
}

let age: HTMLElement | null = null; // its line

/** Says how old the shown screen is by now: a case may stand open for long. */
export function showAge(): void {
  const c = atHand();
  if (!age || !c) return;
  const { issuerName, issuedAt } = c.verdict;
  setText(
    age,
    word("issuedBy", {
      i: issuerName ?? "",
      a: word("madeAgo", { d: span(now() - Date.parse(issuedAt ?? "")) }),
    }),
  );
}

/**
 * Says what to do: the screen's verdict, unless a check of the card refused it or online confirmation warns.
 * A genuine screen beside a wrong card, or of an eligibility that has ended, is no yes.
 */
function showVerdict(c: Case): void {
  const awaits = c.verdict.awaits;
  const warned = c.acceptable ? (c.oqsSays ?? []).filter((s) => s.warns) : [];
  const kind = c.cardRefused
    ? " bad"
    : warned.length || tellsAnotherName(c)
      ? " unsure"
      : c.verdict.valid
        ? ""
        : screenFailed(c)
          ? " bad"
          : " unsure";
  const [first, ...more] = c.cardRefused ? [] : warned;
  const headline = c.cardRefused
    ? word("cardRefused")
    : !first && tellsAnotherName(c)
      ? word("otherName")
      : local(first?.headline ?? c.verdict.headline);
  const head = [h("h3", "", headline)];
  const { representative } = c.verdict;
  if (representative && (c.verdict.valid || awaits)) head.push(h("p", "represented", local(representative)));
  if (c.verdict.registered) head.push(h("p", "registered", local(c.verdict.registered)));
  const also: HTMLElement[] = [];
  age = null;
  if (c.verdict.issuedAt && (c.verdict.valid || awaits)) {
    const line = h("p", "");
    line.setAttribute("aria-live", "off"); // it changes every second
    age = line;
    showAge();
    also.push(line);
  }
  also.push(h("p", "", local(first?.next ?? c.verdict.next)));
  const others = first ? more : warned;
  also.push(...others.map((s) => h("p", "", `${local(s.headline)} ${local(s.next)}`)));
  byId("verdict").replaceChildren(
    h("div", `verdict-box${kind}`, h("div", "head", ...head), h("div", "also", ...also)),
  );
  const goesOn = c.acceptable && !c.cardRefused;
  byId("ask").replaceChildren(
    ...(goesOn ? [h("div", "ask", h("h3", "", word("ask")), h("p", "", c.ask.join("・")))] : []),
  );
  setText(byId("method"), goesOn ? word("method", { m: c.method.ja }) : "");
  byId("console").dataset["state"] = goesOn ? "good" : awaits && !c.cardRefused ? "awaits" : "refused";
  byId("copy").hidden = !usable(c);
  byId("face-area").hidden = !goesOn && !c.unchecked; // nothing is compared with a card that was refused
  showChecks(c);
  byId("record").hidden = awaits; // the one filled button is the second code's
}

/** How many checks passed: 「つ」 counts to nine, 「項目」 what is more. */
const passedSaid = (n: number): string =>
  word(n === 1 ? "passedOne" : n < 10 ? "passed" : "passedMany", { n });

/** Folds what passed into one line; what failed or was not checked stands in full. */
function showChecks(c: Case): void {
  const open = (check: Check): boolean => check.result !== "passed";
  byId("checks").replaceChildren(...checkRows(c.verdict.checks.filter(open)));
  const passed = [...(c.card?.checks ?? []), ...c.verdict.checks].filter((check) => !open(check));
  byId("passed").hidden = !passed.length;
  setText(byId("passed-count"), passedSaid(passed.length));
  byId("passed-checks").replaceChildren(...checkRows(passed));
  setText(byId("proven"), c.card?.proves.length ? `${word("proves")}：${c.card.proves.join("、")}` : "");
}

/** A step that was not reached says what it would have told: it is marked in words too. */
const asIs = (check: Check): Check => {
  if (check.result === "failed") return check;
  const s = word("unchecked", { s: local(check) });
  return { ...check, ja: s, en: s };
};

function showCard(c: Case): void {
  const place = byId("card-verdict");
  if (!c.card) {
    place.replaceChildren();
    return;
  }
  const forTheEye = c.card.result === "refused" && !c.cardRefused; // its chip could not be asked
  const kind = forTheEye ? "unsure" : kindOf(c.card.result);
  // what to do next stands in the verdict; here it is said where that says something else
  const next = c.card.next.ja === c.verdict.next.ja ? "" : local(c.card.next);
  const unproven = c.card.notProven.length
    ? [h("p", "help", `${word("notProven")}：${c.card.notProven.join("、")}`)]
    : [];
  place.replaceChildren(
    box(kind, local(c.card.headline), next),
    h("ul", "checks", ...checkRows(c.card.checks.filter((check) => check.result !== "passed").map(asIs))),
    ...unproven,
  );
}

let drawn = ""; // the case as it stands in the panes: what is drawn again is told again

onCase((c) => {
  const now = c ? JSON.stringify({ ...c, visual: [] }) : "";
  if (c && now !== drawn) showCase(c);
  drawn = now;
});

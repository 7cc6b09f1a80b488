// What a case looks like in the console's panes. Elements: #scan, #shown, #decide, #verdict, #ask, #method,
// #checks, #record, the p-* of the person, #card-question, #card-none, #card-area, #card-verdict,
// #card-check, #reason; those of second.ts.
import { span } from "../shared/clock";
import { byId, fillFigures, h, setText } from "../shared/dom";
import { local } from "../shared/local";
import { word } from "../shared/words";
import { showGround } from "./accept";
import type { Case, Check } from "./casedata";
import { now } from "./clock";
import { showSecond } from "./second";
import { keepKeyboardInView } from "./turn";

function marks(checks: Check[]): HTMLElement[] {
  return checks.map((c) =>
    h(
      "li",
      c.result.replace(" ", "-"),
      h("span", "mark", c.result === "passed" ? "✓" : c.result === "failed" ? "×" : "―"),
      h("span", "", local(c)),
    ),
  );
}

/**
 * Shows a case in the three panes, and puts the keyboard where its next step is, unless somebody is typing.
 * After a refused screen that is often another scan.
 */
export function showCase(c: Case): void {
  byId("scan").hidden = c.verdict.valid || c.verdict.awaits;
  byId("shown").hidden = c.eligibility === null;
  byId("decide").hidden = false;
  showVerdict(c);
  const awaits = c.verdict.awaits;
  showSecond(awaits, c.nonce ?? "");
  const e = c.eligibility;
  if (e) {
    const text = (key: string): string => String(e[key] ?? "");
    // Files come with half-width kana, which are hard to read.
    setText(byId("p-kana"), text("kana").normalize("NFKC"));
    setText(byId("p-name"), text("name"));
    setText(byId("p-birth"), `${text("birthDateJa")}（${word("years", { n: text("age") })}）${text("sex")}`);
    fillFigures(byId("p-figures"), [
      [word("insurerNumber"), text("insurerNumber")],
      [word("symbol"), text("symbol")],
      [word("number"), text("number")],
      [word("branch"), text("branchNumber")],
      [word("share"), text("shareText")],
      [word("validUntil"), text("validUntil")],
    ]);
    setText(byId("p-issuer"), text("insurerName"));
    setText(byId("card-question"), word("cardQuestion", { d: text("birthDateJa") }));
  }
  byId("card-none").hidden = c.verdict.valid;
  byId("card-area").hidden = !c.verdict.valid;
  showCard(c);
  const typing = document.activeElement;
  const typedFields = ["reason", "text-year", "text-code"];
  const isTyping = typing instanceof HTMLInputElement && typedFields.includes(typing.id) && typing.value;
  if (!isTyping) nextStep(c)?.focus();
  keepKeyboardInView();
}

function nextStep(c: Case): HTMLElement | null {
  if (c.verdict.awaits) return byId("second-text");
  if (!c.verdict.valid || c.cardRefused) return byId("reason");
  if (!c.card || c.card.result === "error") return byId("card-check"); // to be checked, or checked again
  // Its chip could not be asked.
  return c.card.result === "refused" ? document.querySelector<HTMLElement>("#visual input") : byId("record");
}

let age: { line: HTMLElement; of: Case } | null = null;

/** Says how old the shown screen is by now: a case may stand open for long. */
export function showAge(): void {
  if (!age) return;
  const { issuerName, issuedAt } = age.of.verdict;
  setText(
    age.line,
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
export function showVerdict(c: Case): void {
  const awaits = c.verdict.awaits;
  const warned = c.verdict.valid ? (c.oqsSays ?? []).filter((s) => s.warns) : [];
  const failed = c.verdict.checks.some((check) => check.result === "failed" && check.name !== "clock");
  const kind = c.cardRefused
    ? " bad"
    : warned.length
      ? " unsure"
      : c.verdict.valid
        ? ""
        : failed
          ? " bad"
          : " unsure";
  const [first, ...more] = c.cardRefused ? [] : warned;
  const lines = [
    h("h3", "", c.cardRefused ? word("cardRefused") : local(first?.headline ?? c.verdict.headline)),
  ];
  age = null;
  if (c.verdict.issuedAt && (c.verdict.valid || awaits)) {
    const line = h("p", "");
    line.setAttribute("aria-live", "off"); // it changes every second
    age = { line, of: c };
    showAge();
    lines.push(line);
  }
  lines.push(h("p", "", local(first?.next ?? c.verdict.next)));
  const { representative } = c.verdict;
  if (representative && (c.verdict.valid || awaits)) {
    lines.splice(1, 0, h("p", "represented", local(representative)));
  }
  const others = first ? more : warned;
  lines.push(...others.map((s) => h("p", "", `${local(s.headline)} ${local(s.next)}`)));
  byId("verdict").replaceChildren(h("div", `verdict-box${kind}`, ...lines));
  const goesOn = c.verdict.valid && !c.cardRefused;
  byId("ask").replaceChildren(
    ...(goesOn ? [h("div", "ask", h("h3", "", word("ask")), h("p", "", c.ask.join("・")))] : []),
  );
  setText(byId("method"), goesOn ? word("method", { m: c.method.ja }) : "");
  byId("checks").replaceChildren(
    ...marks(awaits ? c.verdict.checks.filter((check) => check.result === "not checked") : c.verdict.checks),
  );
  byId<HTMLButtonElement>("record").disabled = !goesOn;
  byId<HTMLButtonElement>("record").hidden = awaits; // the one filled button is the second code's
  showGround(c);
}

function showCard(c: Case): void {
  const place = byId("card-verdict");
  if (!c.card) {
    place.replaceChildren();
    return;
  }
  const kind =
    { confirmed: "", unverified: " unsure", refused: c.cardRefused ? " bad" : " unsure" }[c.card.result] ??
    " bad";
  const list = (title: string, findings: string[]): HTMLElement[] =>
    findings.length ? [h("p", "", `${title}：${findings.join("、")}`)] : [];
  place.replaceChildren(
    h("div", `verdict-box small${kind}`, h("h3", "", local(c.card.headline)), h("p", "", local(c.card.next))),
    h("ul", "checks", ...marks(c.card.checks)),
    h("div", "help", ...list(word("proves"), c.card.proves), ...list(word("notProven"), c.card.notProven)),
  );
}

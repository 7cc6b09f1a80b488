// Shows the support number: always among the details, and beside the telephone where no code is shown.
// Elements: #support-code, #trouble, #trouble-code, #trouble-call.
import { lastFailure } from "../shared/api";
import { byId, setText } from "../shared/dom";
import { shownCard } from "./codes";
import type { Shown } from "./screen";
import { standsAlone } from "./standalone";
import { openStored } from "./stored";
import { agePlace, browserPlace, clockPlace, errorPlace, supportCode } from "./supportcode";

const updateEvery = 5_000;
const patience = 3_000; // a screen that is being made is no trouble yet

/** Keeps the number up to date from now on. */
export function bindSupport(shownNow: () => Shown): void {
  let without = Date.now(); // since when no code is shown
  const update = async (): Promise<void> => {
    const shown = shownNow();
    if (shownCard() || (shown.screen && !shown.screen.fitsQr)) without = Date.now();
    const code = await codeOf(shown);
    if (!document.getElementById("support-code")) { // this phone was wiped
      clearInterval(timer);
      return;
    }
    const text = `${code.slice(0, 4)} ${code.slice(4)}`;
    setText(byId("support-code"), text);
    setText(byId("trouble-code"), text);
    const telephone = byId<HTMLAnchorElement>("help-telephone");
    const call = byId<HTMLAnchorElement>("trouble-call");
    call.hidden = !telephone.textContent;
    call.href = telephone.href;
    setText(call, telephone.textContent ?? "");
    const trouble = byId("trouble");
    const place = byId(byId("screen").hidden ? "empty" : "trouble-place");
    if (trouble.parentElement !== place) place.append(trouble);
    trouble.hidden = Date.now() - without < patience;
  };
  const timer = setInterval(() => void update(), updateEvery);
  byId("more").addEventListener("toggle", () => void update());
}

async function codeOf({ person, screen, state, offset, away }: Shown): Promise<string> {
  const now = Date.now() - offset;
  const kept = person ? await openStored(person) : undefined;
  const persisted = await navigator.storage?.persisted?.().catch(() => null);
  return supportCode({
    tier: !screen ? 0 : !screen.fitsQr ? 3 : state === "Live" ? 1 : 2,
    age: agePlace(screen && now - Date.parse(screen.issuedAt)),
    network: navigator.onLine ? (away ? 2 : 0) : 1,
    stored: kept ? (now < Date.parse(kept.expiresAt) ? 1 : 2) : 0,
    clock: clockPlace(offset),
    browser: browserPlace(navigator.userAgent, standsAlone()),
    persisted: persisted === true ? 1 : persisted === false ? 0 : 2,
    error: errorPlace(lastFailure()),
  });
}

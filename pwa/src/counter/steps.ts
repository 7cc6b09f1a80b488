// The steps of the case at hand, up to its record. Elements: #card-check, #card-state.
import { Problem } from "../shared/api";
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";
import { drawGround, missing, step, tickBesideChip, ticks } from "./accept";
import { forget } from "./aside";
import { ask, away } from "./ask";
import { type Case, hasCard } from "./casedata";
import { atHand, learn, onCase } from "./current";
import { endTakingBack, offerTakingBack, sayRecorded } from "./done";
import { clear, goOnWith, takeCase } from "./hand";
import { cardIsRead } from "./lamps";
import { typedNumber } from "./patientnumber";
import { type Outcome, reason } from "./reason";
import { status } from "./status";
import { act, answered, binding } from "./turn";

export async function checkCard(): Promise<void> {
  const c = atHand();
  if (!c || !c.acceptable || !hasCard(c)) return;
  if (away()) return byEye(); // no reader can be asked
  readingCard(true);
  let checked: Case;
  try {
    checked = await answered(
      ask<Case>("POST", `/api/v1/counter/cases/${c.id}/card-check`, { birthDateConfirmed: true }),
    );
  } finally {
    if (atHand()?.id === c.id) readingCard(false);
  }
  goOnWith(checked);
}

/** Leads to what is compared by eye. */
function byEye(): void {
  (missing()?.place ?? byId("record")).focus();
}

function readingCard(now: boolean): void {
  setText(byId("card-state"), now ? word("cardReading") : "");
  byId("card-state").dataset["reading"] = now ? "1" : "";
  byId<HTMLButtonElement>("card-check").disabled = now;
  if (now) cardIsRead();
  else drawGround();
}

/** What the large button does: the case's next step. */
export async function goOn(): Promise<void> {
  switch (step()) {
    case "card":
      return checkCard();
    case "eye": {
      const open = missing();
      open?.place.focus();
      if (open?.sentence) throw new Problem(0, "case.unchecked", open.sentence);
      if (!open) byId("accept").click(); // what cannot be checked now needs a reason besides
      return;
    }
    case "beside":
      tickBesideChip();
      return decide("accepted");
    case "record":
      return decide("accepted");
  }
}

/** Records how the case at hand ends. */
export async function decide(outcome: Outcome): Promise<void> {
  const c = atHand();
  if (!c) return;
  const checks = ticks();
  const why = reason();
  const recorded = await binding(async () => {
    if (checks.length || c.visual.length) {
      learn(await ask<Case>("POST", `/api/v1/counter/cases/${c.id}/visual`, { checks }));
    }
    const end = { outcome, reason: why, patientNumber: typedNumber() };
    return ask<Case & { offline?: boolean }>("POST", `/api/v1/counter/cases/${c.id}/record`, end);
  });
  forget(c.id);
  clear(word("recorded"));
  if (recorded.offline) sayRecorded(c, 10_000);
  else offerTakingBack(c, recorded.takeBack ?? 0, () => void act(() => takeBack(c.id, why)));
  void status(); // what is scanned now is the next patient's
}

/** Takes back the record that was just made: its case is at hand again. */
async function takeBack(id: string, why: string): Promise<void> {
  const c = await binding(() => ask<Case>("POST", `/api/v1/counter/cases/${id}/take-back`));
  endTakingBack();
  takeCase(c, { reason: why });
  void status();
}

onCase((_, another) => {
  if (another) readingCard(false);
});

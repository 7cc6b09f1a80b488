// The second code of the case at hand: a screen that waits for it takes whatever is read next.
import { ask } from "./ask";
import type { Case } from "./casedata";
import { atHand } from "./current";
import { goOnWith } from "./hand";
import { isProof } from "./second";
import { onTexts } from "./takers";
import { answered } from "./turn";

export async function prove(text: string): Promise<void> {
  const c = atHand();
  if (c && text.trim()) {
    goOnWith(await answered(ask<Case>("POST", `/api/v1/counter/cases/${c.id}/proof`, { text })));
  }
}

/** Has the phone's second code answer a number, which staff tell the patient. */
export async function challenge(): Promise<void> {
  const c = atHand();
  if (c) goOnWith(await answered(ask<Case>("POST", `/api/v1/counter/cases/${c.id}/challenge`)));
}

onTexts((texts) =>
  atHand()?.verdict.awaits ? () => prove(texts.find(isProof) ?? texts[0] ?? "") : null,
);

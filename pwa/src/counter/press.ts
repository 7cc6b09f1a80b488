// Buttons of which one press is one attempt: such a button waits for its answer, and so does the record of
// its case. Another case does not wait.
import { atHand, onCase } from "./current";
import { act, busy } from "./turn";

const waiting = new Map<HTMLButtonElement, object>(); // each with its attempt

/** Makes one attempt, unless another action is at work, and says of its case what went wrong. */
export async function press(
  b: HTMLButtonElement,
  work: () => Promise<void>,
  say: (sentence: string) => void,
): Promise<void> {
  if (busy()) return;
  const id = atHand()?.id;
  const mine = {};
  waiting.set(b, mine);
  b.disabled = true;
  await act(work, (sentence) => {
    if (atHand()?.id === id) say(sentence);
  });
  if (waiting.get(b) === mine) free(b);
}

function free(b: HTMLButtonElement): void {
  waiting.delete(b);
  b.disabled = false;
}

onCase((_, another) => {
  if (another) [...waiting.keys()].forEach(free);
});

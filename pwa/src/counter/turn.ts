// One action at a time. What staff give up while its answer is out leaves no trace on the next patient's
// case. Elements: #problem.
import { Problem } from "../shared/api";
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";

type Work = () => Promise<void>;

let working: object | null = null; // the action whose answer is waited for
let later: Work | null = null;
let isBound = false;
let waiting: AbortController | null = null;

export const busy = (): boolean => working !== null;

/** Lets an action follow the one at work when that goes well; a later one takes its place. */
export function follows(work: Work): void {
  later = work;
}

/** Reports whether the action at work cannot be given up by now. */
export const bound = (): boolean => isBound;

/** Does what the server may have done already when its answer is given up: so it is not. */
export async function binding<T>(work: () => Promise<T>): Promise<T> {
  isBound = true;
  try {
    return await work();
  } finally {
    isBound = false;
  }
}

/** Ends what the page waits for, a code before the camera or a patient's yes. */
export function stopWaiting(): void {
  waiting?.abort();
}

/** Waits for something else from now on; the signal tells when that ends. */
export function waitAnew(): AbortSignal {
  stopWaiting();
  waiting = new AbortController();
  return waiting.signal;
}

/** Ends the waiting for the action at work. */
export function giveUp(): void {
  working = later = null;
}

function complainInPane(sentence: string): void {
  byId("problem").hidden = false;
  setText(byId("problem"), sentence);
  keepKeyboardInView();
}

/**
 * Scrolls to what has the keyboard where a sentence has just moved it out of the window. The verdict stays
 * (console.css).
 */
export function keepKeyboardInView(): void {
  const at = document.activeElement;
  if (at && at !== document.body) at.scrollIntoView({ block: "nearest" });
}

/** Runs an action unless another one is at work, and says what went wrong in one sentence. */
export async function act(work: Work, complain: (sentence: string) => void = complainInPane): Promise<void> {
  if (working) return;
  const mine = (working = {});
  byId("problem").hidden = true;
  let then: Work | null = null;
  try {
    await work();
    if (working === mine) then = later;
  } catch (e) {
    if (working === mine) complain(e instanceof Problem ? e.message : word("problem"));
  } finally {
    if (working === mine) giveUp();
  }
  if (then) void act(then);
}

/** Waits for an answer. When the action was given up meanwhile, it ends here. */
export async function answered<T>(answer: Promise<T>): Promise<T> {
  const mine = working;
  const ours = (): void => {
    if (working !== mine) throw new Error("given up");
  };
  const value = await answer.catch((e: unknown) => {
    ours();
    throw e;
  });
  ours();
  return value;
}

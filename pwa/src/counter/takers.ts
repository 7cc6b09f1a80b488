// Who takes what is read, typed or dropped, before it is taken for a screen or a number.

/** What to do with texts; null when they are for somebody else. */
type Taker = (texts: string[]) => (() => Promise<void>) | null;

const takers: Taker[] = [];

/** Has a part of the page take what it waits for; those that asked first are asked first. */
export function onTexts(take: Taker): void {
  takers.push(take);
}

/** Has a part take something before all others. */
export function onTextsFirst(take: Taker): void {
  takers.unshift(take);
}

/** Returns what a part of the page does with texts; null when none takes them. */
export function takerOf(texts: string[]): (() => Promise<void>) | null {
  for (const take of takers) {
    const work = take(texts);
    if (work) return work;
  }
  return null;
}

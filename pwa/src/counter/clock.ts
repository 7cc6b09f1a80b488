// How far this PC's clock is ahead of the counter server's, in ms: the median of the last answers, since one
// may have been slow.
import { measure } from "../shared/clock";

const kept = 5;
let samples: number[] = [];

export function learn(asked: number, serverTime: string): void {
  samples = [...samples.slice(1 - kept), measure(asked, serverTime)];
}

export function offset(): number {
  return [...samples].sort((a, b) => a - b)[samples.length >> 1] ?? 0;
}

/** The server's time. */
export function now(): number {
  return Date.now() - offset();
}

// What the console needs for a day without its server is loaded when the page has begun, and its page is kept
// by a worker of its own (sw-counter.ts).
import { keepPage } from "../shared/worker";

/** Has the console be ready for the time without the server. A browser that keeps nothing works with it. */
export function beReady(): void {
  void import("./offlineday").then(({ begin }) => begin()).catch(() => undefined);
  void keepPage("/counter/sw.js", "/counter");
}

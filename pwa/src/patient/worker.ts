// Keeps the screen's shell on this phone (sw.ts).
import { keepPage } from "../shared/worker";

/** Registers the worker, once a page. */
export const keepShell = (): Promise<void> => keepPage("/sw.js", "/");

// Which part of the page takes somebody in by which way: each registers the form for its codes, and the panel
// of ways leads there.

import type { Answers, Case } from "./casedata";

/** A notice of a disaster that is switched on. */
export interface Notice {
  id: string;
  title: string;
  area: string;
  insurers: string;
  until: string;
}

/** A way as the panel hands it over. */
export interface WayTaken {
  code: string;
  name: string;
  says: string; // what staff do
  answers: Answers;
  notices: Notice[]; // of D0
}

/** A case of a way, as far as its form is opened again by it. */
type Opens = (c: Case) => Promise<void>;

let opens: Opens | null = null;

/** Has a part of the page go on with the cases of ways that were parked. */
export function onWayCase(open: Opens): void {
  opens = open;
}

/** Goes on with a way's case that was taken up. */
export const openWayCase: Opens = async (c) => opens?.(c);

const forms = new Map<string, (way: WayTaken) => void>();

/** Has a part of the page take somebody in by the ways of some codes. */
export function onWay(codes: string[], open: (way: WayTaken) => void): void {
  for (const code of codes) forms.set(code, open);
}

/** Reports whether some part of the page has the form of a way. */
export const hasForm = (code: string): boolean => forms.has(code);

/** Leads into the form of a way; false when no part of the page has it. */
export function openWay(way: WayTaken): boolean {
  const open = forms.get(way.code);
  open?.(way);
  return open !== undefined;
}

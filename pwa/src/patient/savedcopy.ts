// The copy (PDF) is the last thing that this phone can show: fetched together with the card, sealed, good for
// months. Elements: #pdf.
import { fetchFile } from "../shared/api";
import { utf8 } from "../shared/base64url";
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";
import type { Screen } from "./screen";
import { openSealed, seal } from "./sealed";
import { statement } from "./stored";

/** What is written before a copy. */
interface About {
  at: number; // when it was fetched, by the server's clock
  until: string; // the first day on which it is worth nothing
  says: string;
}

/** A copy that this device keeps. */
interface SavedCopy {
  about: About;
  pdf: Uint8Array<ArrayBuffer>;
}

const day = 24 * 60 * 60 * 1000;
const anewAfter = 30 * day; // each copy counts in the insurer's list: not more often than once a month
const anewBefore = 14 * day; // but before the kept one is over

let shownUrl = "";

/** Fetches a new copy when the kept one is old, near its end, or says something else than the screen. */
export async function refreshCopy(person: string, now: number, made: Screen): Promise<void> {
  if (!made.fitsQr) return;
  const kept = await openCopy(person);
  const says = statement(made);
  if (kept?.about.says === says) {
    const age = now - kept.about.at;
    if (age < anewAfter && endOf(kept.about) - now > anewBefore) return;
    if (age < day) return; // one that cannot live longer is not asked for at each visit
  }
  const answer = await fetchFile(`/people/${person}/document.pdf`, 30_000);
  const until = answer.headers.get("Madoguchi-Valid-Until");
  if (!answer.ok || !until) throw new Error(`HTTP ${answer.status}`);
  const head = utf8(`${JSON.stringify({ at: now, until, says } satisfies About)}\n`);
  const whole = await new Blob([head, await answer.arrayBuffer()]).arrayBuffer();
  await seal("papers", person, new Uint8Array(whole)); // the store keeps the name that phones have it under
}

/**
 * Lets the page's button save the kept copy, if it is still good, else fetch one; reports whether one is
 * kept.
 */
export async function linkCopy(person: string, now: number, current: () => boolean): Promise<boolean> {
  const kept = await openCopy(person);
  if (!current()) return false;
  URL.revokeObjectURL(shownUrl);
  shownUrl = "";
  const link = byId<HTMLAnchorElement>("pdf");
  const good = kept !== undefined && now < endOf(kept.about);
  if (!good) {
    link.href = `/people/${person}/document.pdf`;
    link.removeAttribute("download");
    link.onclick = null;
    return false;
  }
  const name = nameOf(kept.about);
  shownUrl = URL.createObjectURL(new Blob([kept.pdf], { type: "application/pdf" }));
  link.href = shownUrl;
  link.download = name;
  link.onclick = (e) => {
    if (!matchMedia("(display-mode: standalone)").matches || !navigator.canShare) return;
    e.preventDefault(); // on an iPhone's home screen a download leads nowhere: sharing saves too
    byId("share-open").click();
  };
  return true;
}

/** Makes the copy the page's main thing, when it is all that is left. */
export function copyFirst(first: boolean): void {
  const link = byId("pdf");
  link.classList.toggle("main", first);
  setText(link, word(first ? "openCopy" : "saveCopy"));
  (first ? byId("pdf-first") : byId("pdf-last")).append(link);
}

/** Returns the kept copy, if it is still good, as a file to give away. */
export async function copyFile(person: string, now: number): Promise<File | undefined> {
  const kept = await openCopy(person);
  return kept && now < endOf(kept.about)
    ? new File([kept.pdf], nameOf(kept.about), { type: "application/pdf" })
    : undefined;
}

function nameOf(about: About): string {
  const dayInJapan = new Date(about.at + 9 * 60 * 60 * 1000).toISOString().slice(0, 10);
  return `shikaku-joho-${dayInJapan.replaceAll("-", "")}.pdf`;
}

async function openCopy(person: string): Promise<SavedCopy | undefined> {
  const bytes = await openSealed("papers", person);
  const end = bytes?.indexOf(10) ?? -1;
  if (!bytes || end < 0) return undefined;
  return {
    about: JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as About,
    pdf: bytes.slice(end + 1),
  };
}

function endOf(about: About): number {
  return Date.parse(`${about.until}T00:00:00+09:00`);
}

// The copy (PDF) is the last thing that this phone can show: fetched together with the card, sealed, good for months.
// Elements: #pdf.
import { fetchFile } from "../shared/api";
import { utf8 } from "../shared/base64url";
import { byId, say } from "../shared/dom";
import { word } from "../shared/words";
import type { Screen } from "./screen";
import { openSealed, seal } from "./sealed";
import { statement } from "./stored";

interface About {
  at: number; // when it was fetched, by the server's clock
  until: string; // the first day on which it is worth nothing
  says: string;
}

const day = 24 * 60 * 60 * 1000;
const anewAfter = 30 * day; // each copy counts in the insurer's list: not more often than once a month
const anewBefore = 14 * day; // but before the kept one is over

let shownUrl = "";

/** Fetches a new copy when the kept one is old, near its end, or says something else than the screen. */
export async function refreshPaper(person: string, now: number, made: Screen): Promise<void> {
  if (!made.fitsQr) return;
  const kept = await openPaper(person);
  const says = statement(made);
  if (kept && kept.about.says === says && now - kept.about.at < anewAfter && endOf(kept.about) - now > anewBefore) return;
  if (kept && kept.about.says === says && now - kept.about.at < day) return; // one that cannot live longer is not asked for at each visit
  const answer = await fetchFile(`/people/${person}/document.pdf`, 30_000);
  const until = answer.headers.get("Madoguchi-Valid-Until");
  if (!answer.ok || !until) throw new Error(`HTTP ${answer.status}`);
  const head = utf8(`${JSON.stringify({ at: now, until, says } satisfies About)}\n`);
  await seal("papers", person, new Uint8Array(await new Blob([head, await answer.arrayBuffer()]).arrayBuffer()));
}

/** Lets the page's button save the kept copy, if it is still good, else fetch one; reports whether one is kept. */
export async function showPaper(person: string, now: number, current: () => boolean): Promise<boolean> {
  const kept = await openPaper(person);
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
export function paperFirst(first: boolean): void {
  const link = byId("pdf");
  link.classList.toggle("main", first);
  say(link, word(first ? "openCopy" : "saveCopy"));
  (first ? byId("pdf-first") : byId("pdf-last")).append(link);
}

/** Returns the kept copy, if it is still good, as a file to give away. */
export async function paperFile(person: string, now: number): Promise<File | undefined> {
  const kept = await openPaper(person);
  return kept && now < endOf(kept.about) ? new File([kept.pdf], nameOf(kept.about), { type: "application/pdf" }) : undefined;
}

function nameOf(about: About): string {
  return `shikaku-joho-${new Date(about.at + 9 * 60 * 60 * 1000).toISOString().slice(0, 10).replaceAll("-", "")}.pdf`;
}

async function openPaper(person: string): Promise<{ about: About; pdf: Uint8Array<ArrayBuffer> } | undefined> {
  const bytes = await openSealed("papers", person);
  const end = bytes?.indexOf(10) ?? -1;
  if (!bytes || end < 0) return undefined;
  return { about: JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as About, pdf: bytes.slice(end + 1) };
}

function endOf(about: About): number {
  return Date.parse(`${about.until}T00:00:00+09:00`);
}

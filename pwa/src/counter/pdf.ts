// PDFs that are dropped or chosen: the patient's saved copy. The server reads it, and judges the PDF too;
// away from the server the console reads the code's text out of the packet, and says that the PDF was not
// judged.
// Elements: #verdict, #paper-choices.
import { Problem, sendFile } from "../shared/api";
import { button } from "../shared/dialog";
import { byId, h } from "../shared/dom";
import { word, type Word } from "../shared/words";
import { ask, away, hear, lost } from "./ask";
import { box } from "./box";
import type { Case } from "./casedata";
import { atHand } from "./current";
import { leave, takeCase } from "./hand";
import { answered } from "./turn";

const path = "/api/v1/counter/pdf";
const maxPDF = 4 * 1024 * 1024; // bytes, as the server takes
const patience = 20_000; // ms: sending it, waiting for others', and reading it

// A PDF that opens no case and is something else: the form that it leads to.
const leads: Record<string, { kind: string; name: Word }> = {
  "scan.pdf_without_code": { kind: "P2", name: "paperP2" },
  "scan.notice": { kind: "N1", name: "paperN1" },
};

/** Reports whether a file is a PDF: its header stands within the first 1,024 bytes (ISO 32000-1 H.3.4.1). */
export async function isPDF(file: File): Promise<boolean> {
  return (await latin(file.slice(0, 1024))).includes("%PDF-");
}

/** Takes a PDF as what its patient shows. */
export async function takePDF(file: File): Promise<void> {
  if (file.size > maxPDF) throw new Problem(0, "file.large", word("pdfLarge"));
  if (atHand()?.parked) throw new Problem(0, "case.open", word("pdfParked"));
  if (atHand()?.acceptable) throw new Problem(0, "case.open", word("caseOpen"));
  if (atHand()) leave();
  const text = codeIn(await answered(latin(file)));
  try {
    takeCase(await answered(open(file, text)), { text });
  } catch (e) {
    const to = e instanceof Problem ? leads[e.key] : undefined;
    if (!to) throw e;
    offer((e as Problem).message, to);
  }
}

async function open(file: File, text: string): Promise<Case> {
  if (!away()) {
    try {
      return await sendFile<Case>(path, file, "application/pdf", patience);
    } catch (e) {
      if (!lost(e)) throw e;
      hear(false);
      if (!away()) throw e;
    }
  }
  if (!text) throw new Problem(0, "counter.offline", word("offlinePDFNothing"));
  return ask<Case>("POST", path, { text });
}

/**
 * Returns the code in the XMP packet, which our copies have uncompressed (pdf/archive); empty where there is
 * none, or more than one.
 */
function codeIn(document: string): string {
  const found = [...document.matchAll(/<mdg:jws>([\w.-]{1,20000})<\/mdg:jws>/g)].map(([, jws]) => jws);
  const [code = "", ...more] = new Set(found);
  return more.length ? "" : code;
}

/** Reads bytes as characters, one each. */
async function latin(bytes: Blob): Promise<string> {
  return new TextDecoder("latin1").decode(await bytes.arrayBuffer());
}

/** Says what the PDF is, with the form for it one press away. */
function offer(sentence: string, { kind, name }: { kind: string; name: Word }): void {
  const form = byId("paper-choices").querySelector<HTMLElement>(`[data-kind="${kind}"]`);
  const go = button("button", word("pdfAsPaper", { k: word(name) }), () => form?.click());
  const lead = box("unsure", "", sentence, h("p", "", go));
  lead.classList.add("lead");
  byId("verdict").replaceChildren(lead);
  go.focus();
}

// The ways in which something is taken in: fields, readers that type, files and the camera. Elements:
// #scan-text, #scan-submit, #scan-file, #scan-camera, #scan-state, #scan-video; those of #second in their
// place.
import { Problem } from "../shared/api";
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";
import { scan } from "./camera";
import { atHand } from "./current";
import { textsOf } from "./file";
import { scanned, takeTexts } from "./open";
import { isPDF, takePDF } from "./pdf";
import { isProof } from "./second";
import { act, answered, waitAnew } from "./turn";
import { guardEnter, handsOver, watchReader } from "./wedge";

async function readFile(file: File | undefined): Promise<void> {
  if (!file) return;
  setText(byId("scan-state"), word("fileReading"));
  try {
    if (await answered(isPDF(file))) return await takePDF(file);
    const texts = await answered(textsOf(file));
    if (!texts.length) throw new Problem(0, "file.nothing", word("fileNothing"));
    await takeTexts(texts);
  } finally {
    setText(byId("scan-state"), "");
  }
}

/**
 * Reads with the camera: a screen or a number's code first, then, by itself, the second code where one is
 * needed.
 */
async function camera(step: "scan" | "second"): Promise<void> {
  const stopped = waitAnew();
  const state = byId(`${step}-state`);
  setText(state, word(step === "scan" ? "aim" : "aimSecond"));
  const enough = (texts: string[]): boolean => {
    if (step === "second") return texts.some(isProof);
    if (texts.some((t) => !isProof(t))) return true;
    setText(state, word("firstLarger"));
    return false;
  };
  let texts: string[] | null = null;
  try {
    texts = await scan(byId<HTMLVideoElement>(`${step}-video`), stopped, enough);
  } catch {
    if (!stopped.aborted) setText(state, word("cameraFailed"));
    return;
  }
  setText(state, "");
  if (!texts) return;
  const read = texts;
  await act(() => takeTexts(read));
  if (step === "scan" && atHand()?.verdict.awaits) await camera("second");
}

/**
 * Binds a field and its button: Enter submits, as readers that type send it; a new line is Shift and Enter.
 */
function bindField(field: string, button: string): void {
  const place = byId<HTMLInputElement | HTMLTextAreaElement>(field);
  const submit = async (): Promise<void> => {
    await act(() => takeTexts([place.value]));
    if (document.activeElement === place) place.select(); // the next code replaces one that was not accepted
  };
  byId(button).addEventListener("click", () => void submit());
  byId(field).addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.shiftKey || e.isComposing) return;
    e.preventDefault();
    handsOver(e);
    void submit();
  });
}

/** Makes all ways work. */
export function watchWaysIn(): void {
  bindField("scan-text", "scan-submit");
  bindField("second-text", "second-submit");
  guardEnter();
  watchReader((text) => {
    byId<HTMLTextAreaElement>("scan-text").value = "";
    scanned(() => takeTexts([text]));
  });
  byId("scan-camera").addEventListener("click", () => void camera("scan"));
  byId("second-camera").addEventListener("click", () => void camera("second"));
  byId<HTMLInputElement>("scan-file").addEventListener("change", (e) => {
    const field = e.target as HTMLInputElement;
    const file = field.files?.[0];
    scanned(() => readFile(file));
    field.value = ""; // the same file may be chosen again
  });
  document.addEventListener("dragover", (e) => e.preventDefault());
  document.addEventListener("drop", (e) => {
    if (!e.dataTransfer?.files.length) return;
    e.preventDefault(); // the browser would open the file in the console's place
    const file = e.dataTransfer.files[0];
    scanned(() => readFile(file));
  });
}

// Sending the file of the insured: dropped anywhere on the page or chosen, with a bar for what is sent.
// Without this program the form does the same, without a bar. Elements: #import-form, #file, #drag-help,
// #drop-here, #sending (data-sending, -failed), #sending-words, #sending-bar, #sending-stop.
import { byId, setText } from "../shared/dom";

const form = byId<HTMLFormElement>("import-form");
const field = byId<HTMLInputElement>("file");
const place = byId("sending");
const words = byId("sending-words");
const bar = byId<HTMLProgressElement>("sending-bar");
const here = byId("drop-here");
const say = (name: string, values: Record<string, string> = {}): string =>
  (place.dataset[name] ?? "").replace(/\{(\w)\}/g, (_, key: string) => values[key] ?? "");
const megabytes = (n: number): string => (n / 1_000_000).toFixed(1);

let sending: XMLHttpRequest | undefined;

function show(text: string, done: number, total: number): void {
  place.hidden = false;
  setText(words, text);
  bar.max = total || 1;
  bar.value = done;
}

function send(): void {
  if (sending || !field.files?.length) return;
  const request = new XMLHttpRequest();
  sending = request;
  request.upload.addEventListener("progress", (e) => {
    if (e.lengthComputable) {
      show(say("sending", { d: megabytes(e.loaded), t: megabytes(e.total) }), e.loaded, e.total);
    }
  });
  request.addEventListener("load", () => {
    if (request.status === 201) {
      location.assign((JSON.parse(request.responseText) as { address: string }).address);
    } else {
      form.submit(); // the server's own page says why
    }
  });
  request.addEventListener("error", () => {
    sending = undefined;
    show(say("failed"), 0, 1);
  });
  request.addEventListener("abort", () => {
    sending = undefined;
    place.hidden = true;
  });
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  show(say("sending", { d: megabytes(0), t: megabytes(field.files[0]!.size) }), 0, 1);
  request.send(new FormData(form));
  place.scrollIntoView({ block: "nearest" });
}

form.addEventListener("submit", (e) => {
  e.preventDefault();
  send();
});
byId("sending-stop").addEventListener("click", () => {
  if (sending && sending.readyState < XMLHttpRequest.DONE) sending.abort();
  else location.reload();
});

const holdsFile = (e: DragEvent): boolean => e.dataTransfer?.types.includes("Files") ?? false;
let depth = 0; // of elements below the pointer
addEventListener("dragenter", (e) => {
  if (!holdsFile(e)) return;
  depth++;
  here.hidden = false;
});
addEventListener("dragleave", () => {
  depth = Math.max(0, depth - 1);
  if (depth === 0) here.hidden = true;
});
addEventListener("dragover", (e) => {
  if (holdsFile(e)) e.preventDefault(); // else the browser opens the file
});
addEventListener("drop", (e) => {
  if (!holdsFile(e)) return;
  e.preventDefault();
  depth = 0;
  here.hidden = true;
  const file = e.dataTransfer?.files[0];
  if (!file || sending) return;
  const one = new DataTransfer();
  one.items.add(file);
  field.files = one.files;
  send();
});
byId("drag-help").hidden = false;

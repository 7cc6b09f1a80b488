// A run of printing under way: its progress by server-sent events. When it stands still or is over, the page
// is shown anew. Elements: #run (data-id), #run-bar, #run-count, #run-words.
import { byId, setText } from "../shared/dom";
import { local, type Sentence } from "../shared/local";

interface Progress extends Sentence {
  state: string;
  done: number;
  total: number;
}

const run = byId("run");
const number = new Intl.NumberFormat("ja-JP");

function show(p: Progress): void {
  const bar = byId<HTMLProgressElement>("run-bar");
  bar.max = p.total;
  bar.value = p.done;
  setText(byId("run-count"), `${number.format(p.done)} / ${number.format(p.total)}`);
  setText(byId("run-words"), local(p));
}

function follow(): void {
  const events = new EventSource(`/insurer/runs/${run.dataset["id"]}/events`);
  events.addEventListener("message", (e: MessageEvent<string>) => {
    const p = JSON.parse(e.data) as Progress;
    show(p);
    if (p.state === "going") return;
    events.close();
    location.reload();
  });
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) location.reload(); // signed out: the page says so
  });
}

if (run.dataset["going"] === "true") follow();

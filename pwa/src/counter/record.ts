// One recorded case: its data are copied as the console copies them, whole (F4) or one by one. Elements:
// #record-data with what it holds, #copy-all, #copy-state (data-copied).
import { byId, setText } from "../shared/dom";
import { columns, written } from "./receiptform";

const items: Record<string, string> = {};
for (const dd of byId("record-data").querySelectorAll("dd")) {
  const { field, value, era } = dd.dataset;
  if (field) items[field] = value ?? "";
  if (era) items["birthDateEra"] = era;
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  const state = byId("copy-state");
  setText(state, state.dataset["copied"] ?? "");
}

const all = document.getElementById("copy-all");
all?.addEventListener("click", () => void copy(columns(items)));
for (const one of document.querySelectorAll<HTMLElement>("[data-copies]")) {
  one.addEventListener("click", () => void copy(written(items, one.dataset["copies"] ?? "")));
}
document.addEventListener("keydown", (e) => {
  if (e.key !== "F4" || !all) return;
  e.preventDefault();
  all.click();
});

import { readFileSync } from "node:fs";
import { readBurst, readTyped, textOf } from "./typed.mjs";
const table = JSON.parse(readFileSync(process.argv[2], "utf8"));
const bursts = JSON.parse(readFileSync(process.argv[3], "utf8"));
const nameOf = (text) => {
  const read = readTyped(text);
  if (read === null) return "none";
  return read === "incomplete" ? read : read.jws;
};
// "!": with Alt held, "^": with Shift, "=": a key without a place
const stroke = (name) => {
  const [, marks, rest] = /^([!^=]*)(.*)$/.exec(name);
  const place = !marks.includes("=");
  const held = { shift: marks.includes("^"), alt: marks.includes("!") };
  return place ? { code: rest, key: "Process", ...held } : { code: "", key: rest, ...held };
};
const texts = table.cases.map((c) => nameOf(c.text));
const read = bursts.map((keys) => readBurst(textOf(keys.map(stroke))) ?? "");
console.log(JSON.stringify({ texts, bursts: read }));

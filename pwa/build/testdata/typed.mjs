import { readFileSync } from "node:fs";
import { addKey, readKeys, readTyped } from "./typed.mjs";
const table = JSON.parse(readFileSync(process.argv[2], "utf8"));
const bursts = JSON.parse(readFileSync(process.argv[3], "utf8"));
const nameOf = (text) => {
  const read = readTyped(text);
  if (read === null) return "none";
  return read === "incomplete" ? read : read.jws;
};
const burst = (keys) => keys.reduce((all, code) => addKey(all, code.replace(/^!/, ""), code[0] === "!"), "");
const texts = table.cases.map((c) => nameOf(c.text));
console.log(JSON.stringify({ texts, bursts: bursts.map((keys) => readKeys(burst(keys)) ?? "") }));

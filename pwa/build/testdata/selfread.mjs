import { selfRead } from "./selfread.mjs";
import { createInterface } from "node:readline";
for await (const line of createInterface({ input: process.stdin })) {
  const { side, pixels } = JSON.parse(line);
  const data = new Uint8ClampedArray(4 * side * side);
  for (let i = 0; i < side * side; i++) data.fill(17 * parseInt(pixels[i], 16), 4 * i, 4 * i + 3);
  let answer;
  try {
    answer = selfRead({ data, width: side, height: side });
  } catch (e) {
    answer = { why: e.why ?? String(e) };
  }
  console.log(JSON.stringify(answer));
}

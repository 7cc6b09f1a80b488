import { readFileSync } from "node:fs";
import { decodedBytes, maxDecoded } from "./picture.mjs";
const files = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(
  JSON.stringify({
    bytes: files.map((f) => decodedBytes(new Uint8Array(Buffer.from(f, "base64")))),
    most: maxDecoded,
  }),
);

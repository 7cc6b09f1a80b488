// Decodes the photos of a JSON file (base64) one after another and prints what became of each.
const { readFileSync } = require("node:fs");
const { decodePhoto } = require("./jpeg2000.cjs");
(async () => {
  const out = [];
  for (const photo of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
    out.push(
      await decodePhoto(new Uint8Array(Buffer.from(photo, "base64"))).then(
        ({ width, height, data }) => ({ width, height, data: Buffer.from(data).toString("base64") }),
        (e) => ({ refused: String(e) }),
      ),
    );
  }
  console.log(JSON.stringify(out));
})();

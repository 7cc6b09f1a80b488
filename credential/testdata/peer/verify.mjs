// Judges credentials with kill-the-clipboard. Standard input is a JSON list of {name, kind, value, directory}: kind is
// jws, numeric, file or png (base64 of a picture, decoded by zxing-wasm), directory an issuer whose keys and revocation
// lists are fetched first, or "". Standard output is a JSON list of {name, accepted, error, text}.
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { createRequire } from "node:module";
import { Directory, SHCReader } from "kill-the-clipboard";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

const wasm = await readFile(createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm"));
prepareZXingModule({ overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) } });

async function read(reader, { kind, value }) {
  switch (kind) {
    case "jws":
      return reader.fromJWS(value);
    case "numeric":
      return reader.fromQRNumeric(value);
    case "file":
      return reader.fromFileContent(value);
    case "png": {
      const codes = await readBarcodes(new Uint8Array(Buffer.from(value, "base64")), { formats: ["QRCode"] });
      if (codes.length !== 1) throw new Error(`${codes.length} codes in the picture`);
      return reader.fromQRNumeric(codes[0].text);
    }
  }
  throw new Error(`unknown kind ${kind}`);
}

const results = [];
for (const c of JSON.parse(await text(process.stdin))) {
  const issuerDirectory = c.directory ? await Directory.fromURLs([c.directory]) : null;
  try {
    const card = await read(new SHCReader({ issuerDirectory }), c);
    const bundle = await card.asBundle({ optimizeForQR: false });
    results.push({ name: c.name, accepted: true, error: "", text: bundle.entry[0].resource.identifier[0].value });
  } catch (e) {
    results.push({ name: c.name, accepted: false, error: `${e.constructor.name}: ${e.message}`, text: "" });
  }
}
process.stdout.write(JSON.stringify(results));

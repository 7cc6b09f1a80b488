// A way whose case goes on, as the panel would hand it over: by the rules and the notices of now.
import { call } from "../shared/api";
import { local, type Sentence } from "../shared/local";
import type { Way } from "./casedata";
import type { Notice, WayTaken } from "./wayforms";

interface Named {
  code: string;
  name: Sentence;
  says: Sentence;
  notices?: Notice[];
}

/** Asks for a case's way. One that the rules do not open any more has its form, and is refused there. */
export async function wayOf(way: Way): Promise<WayTaken> {
  const asked = { case: "", ...way.answers };
  const { outcome } = await call<{ outcome: { ways: Named[]; refused: Named[] } | null }>(
    "POST", "/api/v1/counter/methods", asked,
  );
  const all = [...(outcome?.ways ?? []), ...(outcome?.refused ?? [])];
  const found = all.find((one) => one.code === way.code);
  return {
    code: way.code,
    name: local(way.name),
    says: found ? local(found.says) : "",
    answers: way.answers,
    notices: found?.notices ?? [],
  };
}

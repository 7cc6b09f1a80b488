// A credential's payload: credential/payload.go and credential/verify.go in the same order. First its form,
// member by member; then whether it is an eligibility as this program writes one.
import { Malformed, NotUnderstood, record } from "./offlinejws";

/** What a credential says of its person, as the server names it. */
export interface Items {
  insurer: string;
  insurerName: string;
  symbol: string;
  number: string;
  branchNumber: string;
  name: string;
  kana: string;
  birthDate: string;
  sex: string;
  share: number;
  validFrom: string;
  validUntil: string;
}

export type Tier = "live" | "screen" | "pdf";

type Value = unknown;

/** Reads members one by one; a member that nobody asked for is refused. */
class Members {
  private readonly of: Record<string, Value>;
  private readonly known: string[] = [];

  constructor(value: Value) {
    this.of = record(value);
  }

  private take(name: string): Value {
    this.known.push(name);
    const value = Object.hasOwn(this.of, name) ? this.of[name] : undefined;
    if (value === null) throw new NotUnderstood(name);
    return value;
  }

  text(name: string): string {
    const value = this.take(name) ?? "";
    if (typeof value !== "string") throw new Malformed(name);
    return value;
  }

  whole(name: string): number {
    const value = this.take(name) ?? 0;
    if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new Malformed(name);
    return value;
  }

  list<T>(name: string, each: (value: Value) => T): T[] {
    const value = this.take(name) ?? [];
    if (!Array.isArray(value)) throw new Malformed(name);
    return value.map(each);
  }

  maybe<T>(name: string, read: (value: Value) => T): T | null {
    const value = this.take(name);
    return value === undefined ? null : read(value);
  }

  /** Ends the reading: nothing else may be there. */
  end<T>(made: T): T {
    if (Object.keys(this.of).some((name) => !this.known.includes(name))) throw new Malformed("a member");
    return made;
  }
}

const text = (value: Value): string => {
  if (value === null) throw new NotUnderstood("null");
  if (typeof value !== "string") throw new Malformed("not a text");
  return value;
};

/** Reads an object by its members' names. */
const object = <T>(read: (m: Members) => T) => (value: Value): T => {
  const m = new Members(value);
  return m.end(read(m));
};

const reference = object((m) => ({ reference: m.text("reference"), display: m.text("display") }));
const identifier = object((m) => ({ system: m.text("system"), value: m.text("value") }));
const extension = object((m) => ({ url: m.text("url"), valueCode: m.text("valueCode") }));
const humanName = object((m) => ({
  extension: m.list("extension", extension),
  text: m.text("text"),
  family: m.text("family"),
  given: m.list("given", text),
}));
const quantity = object((m) => ({ value: m.whole("value"), unit: m.text("unit") }));
const noQuantity = { value: 0, unit: "" };

const resource = object((m) => ({
  resourceType: m.text("resourceType"),
  identifier: m.list("identifier", identifier),
  name: m.list("name", humanName),
  gender: m.text("gender"),
  birthDate: m.text("birthDate"),
  status: m.text("status"),
  subscriber: m.maybe("subscriber", reference),
  beneficiary: m.maybe("beneficiary", reference),
  period: m.maybe("period", object((p) => ({ start: p.text("start"), end: p.text("end") }))),
  payor: m.list("payor", object((p) => ({ display: p.text("display") }))),
  cost: m.list("costToBeneficiary", object((p) => p.maybe("valueQuantity", quantity) ?? noQuantity)),
}));

const entry = object((m) => ({
  fullUrl: m.text("fullUrl"),
  resource: m.maybe("resource", resource) ?? resource({}),
}));
const bundle = object((m) => ({
  resourceType: m.text("resourceType"),
  type: m.text("type"),
  entry: m.list("entry", entry),
}));
const subject = object((m) => ({
  fhirVersion: m.text("fhirVersion"),
  bundle: m.maybe("fhirBundle", bundle) ?? bundle({}),
}));
const vc = object((m) => ({
  type: m.list("type", text),
  subject: m.maybe("credentialSubject", subject) ?? subject({}),
  rid: m.text("rid"),
}));

/** A payload in its form, before anybody asks what it says. */
export const readPayload = object((m) => ({
  iss: m.text("iss"),
  nbf: m.whole("nbf"),
  exp: m.whole("exp"),
  holder: m.maybe("hcnf", object((h) => h.text("kid"))),
  vc: m.maybe("vc", vc) ?? vc({}),
}));

export type Payload = ReturnType<typeof readPayload>;

const backdate = 30; // s
const longest = 124 * 86_400;

/** Returns the time of issue in seconds. */
export const issued = (p: Payload): number => p.nbf + backdate;

/** Returns the tier, null where the payload is of none. */
export function tierOf(p: Payload): Tier | null {
  const life = p.exp - p.nbf;
  if (p.nbf <= 0 || life <= 0 || p.exp >= 2 ** 40 || life > longest) return null;
  if (p.holder !== null && p.vc.rid) return null;
  if (p.holder !== null) return life === 86_430 && p.holder.length === 16 ? "screen" : null;
  if (p.vc.rid) return ridIndex(p.vc.rid) !== null && p.exp <= latestEnd(issued(p)) ? "pdf" : null;
  return life === 120 ? "live" : null;
}

const ridLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Returns the index of a saved copy in its issuer's list; null where there is none. */
export function ridIndex(rid: string): number | null {
  if (!/^[\w-]{5}$/.test(rid)) return null;
  const index = [...rid].reduce((n, c) => n * 64 + ridLetters.indexOf(c), 0);
  return index < 2 ** 27 ? index : null;
}

/** Returns the beginning, in Japan, of the first day of the fourth month after a time, in seconds. */
function latestEnd(from: number): number {
  const day = new Date((from + 9 * 3600) * 1000);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 4, 1) / 1000 - 9 * 3600;
}

const memberSystem = "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID";
const nameTag = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

/** Reports whether a payload says that a representative's phone shows it. */
export const byRepresentative = (p: Payload): boolean =>
  (p.vc.subject.bundle.entry[1]?.resource.identifier.length ?? 0) > 0;

/** Returns what a payload says; null where it is not of this program's shape. */
export function itemsOf(p: Payload): Items | null {
  const { bundle: all } = p.vc.subject;
  const [first, second] = all.entry;
  if (p.vc.type.length !== 1 || p.vc.type[0] !== "https://smarthealth.cards#health-card") return null;
  if (all.resourceType !== "Bundle" || all.entry.length !== 2) return null;
  if (first?.fullUrl !== "resource:0" || second?.fullUrl !== "resource:1") return null;
  const patient = first.resource;
  const coverage = second.resource;
  const names = patient.name;
  if (patient.resourceType !== "Patient" || patient.identifier.length !== 1) return null;
  if (patient.identifier[0]?.system !== memberSystem || !names[0] || names.length > 2) return null;
  if (names[0].extension.length > 0 || !isKana(names[1])) return null;
  if (!isCoverage(coverage)) return null;
  const parts = (patient.identifier[0]?.value ?? "").split(":");
  const [insurer = "", symbol = "", number = "", branchNumber = ""] = parts;
  if (parts.length !== 4 || !number || !isInsurerNumber(insurer)) return null;
  if (!isDay(patient.birthDate) || !["", "male", "female"].includes(patient.gender)) return null;
  const period = coverage.period ?? { start: "", end: "" };
  if (![period.start, period.end].every((day) => day === "" || isDay(day))) return null;
  const items: Items = {
    insurer,
    insurerName: coverage.payor[0]?.display ?? "",
    symbol,
    number,
    branchNumber,
    name: written(names[0]),
    kana: names[1] ? written(names[1]) : "",
    birthDate: patient.birthDate,
    sex: patient.gender,
    share: coverage.cost[0]?.value ?? 0,
    validFrom: period.start,
    validUntil: period.end,
  };
  const shown = [items.insurerName, symbol, number, branchNumber, items.name, items.kana,
    coverage.subscriber?.display ?? ""];
  return items.name && shown.every(showsAsWritten) ? items : null;
}

type Resource = ReturnType<typeof resource>;
type Name = ReturnType<typeof humanName>;

function isKana(name: Name | undefined): boolean {
  const [tag, ...more] = name?.extension ?? [];
  return !tag || (more.length === 0 && tag.url === nameTag && tag.valueCode === "SYL");
}

function isCoverage(c: Resource): boolean {
  const [mark, ...marks] = c.identifier;
  const marked = !mark || (mark.system === "urn:madoguchi:shown-by" && mark.value === "representative");
  const patient = (r: { reference: string; display: string } | null): boolean =>
    r !== null && r.reference === "resource:0" && r.display === "";
  return (
    c.resourceType === "Coverage" &&
    c.status === "active" &&
    c.payor.length === 1 &&
    c.cost.length <= 1 &&
    patient(c.beneficiary) &&
    marked &&
    marks.length === 0 &&
    (!c.subscriber?.reference || patient(c.subscriber)) &&
    c.cost.every((q) => q.unit === "%" && q.value > 0 && q.value <= 100)
  );
}

const written = (n: Name): string => n.text || `${n.family} ${n.given.join(" ")}`.trim();

/** Reports whether a text shows as what it is (credential/text.go). */
function showsAsWritten(s: string): boolean {
  return new TextEncoder().encode(s).length <= 600 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD]/u.test(s);
}

/** Reports whether a day is in the calendar; one of which a part is unknown is not understood here. */
function isDay(day: string): boolean {
  if (/^\d{4}(-\d{2})?$/.test(day)) throw new NotUnderstood("a part of a day");
  const at = new Date(`${day}T00:00:00Z`);
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day)
  );
}

/** Checks the 検証番号: weights 2, 1, 2 … from the right (eligibility/insurer.go). */
function isInsurerNumber(n: string): boolean {
  if (!/^\d{8}$/.test(n) || n === "00000000") return false;
  let sum = 0;
  for (let i = 0; i < 7; i++) {
    const product = Number(n[6 - i]) * (2 - (i % 2));
    sum += Math.floor(product / 10) + (product % 10);
  }
  return (10 - (sum % 10)) % 10 === Number(n[7]);
}

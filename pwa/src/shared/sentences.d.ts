// What pwa/build/bundle makes of the catalogue: the console's sentences by name, one module a language;
// what a patient's page says to the reception; and for every kind of sentence what loads it, by language.
declare module "counter:*" {
  const sentences: Record<string, string>;
  export default sentences;
}
declare module "forstaff:*" {
  const sentences: Record<string, string>;
  export default sentences;
}
declare module "loaders:*" {
  const loaders: Record<string, () => Promise<{ default: Record<string, string> }>>;
  export default loaders;
}

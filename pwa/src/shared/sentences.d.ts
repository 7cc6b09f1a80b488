// What pwa/build/bundle makes of pwa/i18n: sentences by name, one module a language.
declare module "word:*" {
  const sentences: Record<string, string>;
  export default sentences;
}
declare module "counter:*" {
  const sentences: Record<string, string>;
  export default sentences;
}

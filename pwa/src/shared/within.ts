// The end of what takes too long.

/**
 * Returns a signal that ends a request after a time. AbortSignal.timeout does the same, but came with Safari
 * 16 only.
 */
export function within(ms: number): AbortSignal {
  const end = new AbortController();
  setTimeout(() => end.abort(), ms);
  return end.signal;
}

/** A picture made of a title: the same for the same words, and asked of nobody.
 *
 * `Course.coverUrl` has the source's own. It is on another server, which a public page has to
 * trust with who looks at what; this one doesn't. */
export function Cover({ title }: { title: string }) {
  const seed = hash(title);
  const circles = [0, 1, 2, 3].map((at) => ({
    cx: 12 + at * 25 + ((seed >>> (at * 5)) % 20) - 10,
    cy: (seed >>> (at * 7)) % 40,
    r: 8 + ((seed >>> (at * 3)) % 24),
  }));
  return (
    <svg
      className="cover"
      style={{ color: `oklch(0.6 0.1 ${seed % 360})` }}
      viewBox="0 0 100 40"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      <rect width="100" height="40" fill="currentColor" />
      {circles.map((circle, at) => (
        <circle key={at} {...circle} fill={at % 2 ? "#000" : "#fff"} fillOpacity={0.16} />
      ))}
    </svg>
  );
}

/** FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): number {
  let found = 0x811c9dc5;
  for (const letter of text) found = Math.imul(found ^ letter.codePointAt(0)!, 0x01000193);
  return found >>> 0;
}

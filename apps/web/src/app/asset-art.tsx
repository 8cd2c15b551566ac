const WIDTH = 320;
const HEIGHT = 200;

/** Stands in for the picture of an asset: a quiet landscape drawn from its id, the same one every time. */
export function AssetArt({ seed }: { seed: string }) {
  const next = numbersFrom(seed);
  const hue = Math.floor(next() * 360);
  const sky = `oklch(0.86 0.05 ${hue})`;
  const sunX = Math.round(40 + next() * 240);
  const sunY = Math.round(44 + next() * 50);
  return (
    <svg className="art" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <rect width={WIDTH} height={HEIGHT} fill={sky} />
      <circle cx={sunX} cy={sunY} r={18 + Math.round(next() * 16)} fill={`oklch(0.93 0.07 ${(hue + 50) % 360})`} />
      {[0, 1, 2, 3].map((layer) => (
        <path
          key={layer}
          d={hills(HEIGHT * (0.5 + layer * 0.13), 34 - layer * 5, next)}
          fill={`oklch(${0.7 - layer * 0.11} ${0.06 + layer * 0.01} ${(hue + layer * 14) % 360})`}
        />
      ))}
    </svg>
  );
}

/** A smooth ridge across the picture, closed at the bottom. */
function hills(height: number, swing: number, next: () => number): string {
  const step = WIDTH / 4;
  const y = () => Math.round(height + (next() - 0.5) * 2 * swing);
  const curves = [1, 2, 3, 4].map((point) => `S${Math.round(point * step - step / 2)} ${y()} ${point * step} ${y()}`);
  return `M0 ${y()}${curves.join('')}V${HEIGHT}H0Z`;
}

/** Numbers from 0 to 1 that depend on the seed alone (FNV-1a, then a linear congruential generator). */
function numbersFrom(seed: string): () => number {
  let state = 0x811c9dc5;
  for (const character of seed) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

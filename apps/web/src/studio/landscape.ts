export const LANDSCAPE = { width: 320, height: 200 } as const;
const { width: WIDTH, height: HEIGHT } = LANDSCAPE;

export interface Landscape {
  readonly sky: string;
  readonly sun: { readonly x: number; readonly y: number; readonly radius: number; readonly color: string };
  /** From the farthest to the nearest. */
  readonly hills: readonly { readonly path: string; readonly color: string }[];
}

/** Stands in for the picture of an asset: a quiet landscape drawn from its id, the same one every time. */
export function landscapeOf(seed: string): Landscape {
  const next = numbersFrom(seed);
  const hue = Math.floor(next() * 360);
  const [x, y] = [Math.round(40 + next() * 240), Math.round(44 + next() * 50)];
  return {
    sky: `oklch(0.86 0.05 ${hue})`,
    sun: { x, y, radius: 18 + Math.round(next() * 16), color: `oklch(0.93 0.07 ${(hue + 50) % 360})` },
    hills: [0, 1, 2, 3].map((layer) => ({
      path: ridge(HEIGHT * (0.5 + layer * 0.13), 34 - layer * 5, next),
      color: `oklch(${(0.7 - layer * 0.11).toFixed(2)} ${(0.06 + layer * 0.01).toFixed(2)} ${(hue + layer * 14) % 360})`,
    })),
  };
}

/** The picture as a file. `label` stands across a preview. */
export function landscapeSvg(seed: string, label: string | null): string {
  const { sky, sun, hills } = landscapeOf(seed);
  const shapes = [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="${sky}"/>`,
    `<circle cx="${sun.x}" cy="${sun.y}" r="${sun.radius}" fill="${sun.color}"/>`,
    ...hills.map(({ path, color }) => `<path d="${path}" fill="${color}"/>`),
    ...(label === null
      ? []
      : [
          `<text x="${WIDTH / 2}" y="${HEIGHT / 2}" text-anchor="middle" font-family="sans-serif" font-size="20" fill="#fff" opacity="0.8">${label}</text>`,
        ]),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">${shapes.join('')}</svg>\n`;
}

/** A smooth ridge across the picture, closed at the bottom. */
function ridge(height: number, swing: number, next: () => number): string {
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

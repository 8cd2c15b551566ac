import { LANDSCAPE, landscapeOf } from '../../studio/landscape.ts';

/** The picture of an asset. */
export function AssetArt({ seed }: { seed: string }) {
  const { width, height } = LANDSCAPE;
  const { sky, sun, hills } = landscapeOf(seed);
  return (
    <svg className="art" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <rect width={width} height={height} fill={sky} />
      <circle cx={sun.x} cy={sun.y} r={sun.radius} fill={sun.color} />
      {hills.map(({ path, color }) => (
        <path key={color} d={path} fill={color} />
      ))}
    </svg>
  );
}

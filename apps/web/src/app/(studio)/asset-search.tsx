import { formatLabel } from '../../format.ts';
import type { AssetFilter } from '../../studio/assets.ts';

/** A plain form: what is searched for stands in the address, and needs no script. */
export function AssetSearch({ filter, types }: { filter: AssetFilter; types: readonly string[] }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: React knows <search>, the styles of older browsers do not
    <form id="asset-search" className="search" role="search" action="/">
      <label className="search-query">
        <span className="hidden-label">Search the works</span>
        <input name="q" type="search" maxLength={100} defaultValue={filter.query} placeholder="Search the works" />
      </label>
      <label>
        <span className="hidden-label">Kind of work</span>
        <select name="type" defaultValue={filter.assetType ?? ''}>
          <option value="">Every kind</option>
          {types.map((type) => (
            <option key={type} value={type}>
              {formatLabel(type)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Search</button>
    </form>
  );
}

/** `asset_viewed` as `asset viewed`, `assetType` as `asset type`. */
export const words = (name: string) =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();

/** The same as the beginning of a line: `Asset viewed`. */
export const title = (name: string) => {
  const written = words(name);
  return written.charAt(0).toUpperCase() + written.slice(1);
};

// Names of keys, without the connection's prefix. The braces make a Redis Cluster keep a shard on one node.
const shardTag = (shard: number) => `{${shard}}`;

export const streamKeyOf = (shard: number) => `${shardTag(shard)}:events`;
export const anchorKeyOf = (shard: number) => `${shardTag(shard)}:anchor`;
export const dedupKeyOf = (shard: number, key: string) => `${shardTag(shard)}:key:${key}`;

/** The last events of a site, for whoever watches. */
export const liveKeyOf = (siteId: string) => `live:${siteId}`;
/** Of a whole key, as replies name it. */
export const siteOfLiveKey = (key: string) => key.slice(key.lastIndexOf(':') + 1);

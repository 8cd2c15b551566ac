import superjson from 'superjson';

/** superjson on both ends. Deserialising in place saves a deep copy of every request. */
export const transformer = {
  serialize: (value: unknown) => superjson.serialize(value),
  deserialize: (value: Parameters<typeof superjson.deserialize>[0]) => superjson.deserialize(value, { inPlace: true }),
};

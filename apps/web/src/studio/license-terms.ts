/** One of the things that a fee depends on. */
export interface Offer {
  readonly id: string;
  readonly label: string;
  /** Of the work's price. */
  readonly factor: number;
}
type Offers = readonly [Offer, ...Offer[]];

/** What a work may be used for, and what that costs as a multiple of its price. */
export const TERMS: Offers = [
  { id: 'web', label: 'Web and social media, one year', factor: 1 },
  { id: 'print', label: 'Print and web, not exclusive', factor: 1.6 },
  { id: 'product', label: 'Packaging, one product', factor: 2.5 },
  { id: 'all', label: 'All media, without end', factor: 4 },
];

export const TERRITORIES: Offers = [
  { id: 'dach', label: 'Germany, Austria, Switzerland', factor: 0.6 },
  { id: 'europe', label: 'Europe', factor: 1 },
  { id: 'north_america', label: 'North America', factor: 1.1 },
  { id: 'world', label: 'Worldwide', factor: 1.8 },
];

const CENTS_OF_A_STEP = 100;

/** In cents, whole dollars. */
export function licenseFee(priceCents: number, terms: Offer, territory: Offer): number {
  return Math.round((priceCents * terms.factor * territory.factor) / CENTS_OF_A_STEP) * CENTS_OF_A_STEP;
}

const dollars = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });

/** An amount, where nothing is "$0.00" and not "Free" as for prices. */
export const formatMoney = (cents: number): string => dollars.format(cents / 100);

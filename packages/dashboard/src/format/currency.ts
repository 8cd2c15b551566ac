/** Of all amounts: an app counts in one. */
let currency = 'USD';

/** An ISO 4217 code. Before anything is drawn. */
export function useCurrencyOf(code: string): void {
  currency = code;
}

export const writeAmount = (amount: number, options: Intl.NumberFormatOptions) =>
  new Intl.NumberFormat('en', { style: 'currency', currency, ...options }).format(amount);

/** Such as `€`. */
export const currencySign = () =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).formatToParts(0).find(({ type }) => type === 'currency')
    ?.value ?? currency;

/** A name as variables have it: `PAYMENT_SERVICE` of `payment-service`. */
export const variablePart = (name: string) => name.replaceAll("-", "_").toUpperCase();

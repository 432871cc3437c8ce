/** A name as environment variables have it: `PAYMENT_SERVICE` of `payment-service`. */
export const variablePart = (name: string): string => name.replaceAll("-", "_").toUpperCase();

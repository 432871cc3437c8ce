/** The error that a promise ends with; a promise that ends well is an error here. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const result = await promise.then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  );
  if ("error" in result) return result.error;
  throw new Error(`expected an error, got ${JSON.stringify(result.value)}`);
}

/** What a promise rejects with. @throws Error if it resolves */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('expected a rejection, and the promise resolved')
}
